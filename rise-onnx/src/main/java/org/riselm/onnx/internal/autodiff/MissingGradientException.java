package org.riselm.onnx.internal.autodiff;

/** A graph cannot be differentiated; the message names every node that stands in the way. */
public final class MissingGradientException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingGradientException(String message) {
    super(message);
  }
}
