package org.riselm.onnx;

/**
 * Something would need more memory than there is, as predicted before any of it is taken. The
 * message shows what would need how much, and which settings to change.
 */
public final class NotEnoughMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** In bytes. */
  private final long needed;

  /** In bytes. */
  private final long available;

  /**
   * Says what needs how much, both in bytes, and what helps.
   *
   * @param message what needs how much, and what helps
   * @param needed in bytes
   * @param available in bytes
   */
  public NotEnoughMemoryException(String message, long needed, long available) {
    super(message);
    this.needed = needed;
    this.available = available;
  }

  /** {@return what would be needed, in bytes, with what is held already} */
  public long needed() {
    return needed;
  }

  /** {@return what there is, in bytes, with what is held already} */
  public long available() {
    return available;
  }
}
