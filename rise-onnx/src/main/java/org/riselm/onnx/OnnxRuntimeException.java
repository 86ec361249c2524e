package org.riselm.onnx;

/** ONNX Runtime refused or failed; the message is its own, with what we were doing in front. */
public final class OnnxRuntimeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says what failed, in the words of ONNX Runtime.
   *
   * @param message what failed
   */
  public OnnxRuntimeException(String message) {
    super(message);
  }
}
