package org.riselm.onnx.text;

/** A vocabulary has no tokens for a text, as those of whole words do not for other words. */
public final class UnencodableTextException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  UnencodableTextException(String message) {
    super(message);
  }

  UnencodableTextException(String message, RuntimeException cause) {
    super(message, cause);
  }
}
