package org.riselm.onnx.internal.generate;

/** Logits that are no distribution: one of them is NaN or +∞, or all are −∞. */
final class BadLogitsException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private final int index;

  /**
   * Says what is wrong.
   *
   * @param index of the draw among those of its run
   */
  BadLogitsException(int index, String message) {
    super(message);
    this.index = index;
  }

  int index() {
    return index;
  }

  /** What is wrong with {@code logits}. */
  static String describe(float[] logits) {
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i]) || logits[i] == Float.POSITIVE_INFINITY) {
        return "the logit of token id " + i + " is " + logits[i];
      }
    }
    return "the logits of all " + logits.length + " token ids are -Infinity";
  }
}
