package org.riselm.onnx;

/**
 * Something would need more memory than there is, as predicted before any of it is taken. The
 * message shows what would need how much, and which settings to change.
 */
public final class NotEnoughMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long needed;
  private final long available;

  /** Says what needs how much, both in bytes, and what helps. */
  public NotEnoughMemoryException(String message, long needed, long available) {
    super(message);
    this.needed = needed;
    this.available = available;
  }

  /** Returns what would be needed, in bytes, with what is held already. */
  public long needed() {
    return needed;
  }

  /** Returns what there is, in bytes, with what is held already. */
  public long available() {
    return available;
  }
}
