package org.riselm.onnx;

/** A device has not enough memory left for what was asked of it. */
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says what did not fit.
   *
   * @param message what did not fit
   */
  public OutOfDeviceMemoryException(String message) {
    super(message);
  }
}
