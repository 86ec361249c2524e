package org.riselm.onnx;

/** A graph cannot be differentiated; the message names every node that stands in the way. */
public final class MissingGradientException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Names the nodes without a gradient.
   *
   * @param message the nodes
   */
  public MissingGradientException(String message) {
    super(message);
  }
}
