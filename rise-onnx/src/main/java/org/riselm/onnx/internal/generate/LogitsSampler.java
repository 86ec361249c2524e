package org.riselm.onnx.internal.generate;

/**
 * Draws the next tokens from rows of logits. Temperature first, then top-k, then top-p among what
 * top-k left; of equally likely tokens the lower id counts as the likelier, everywhere. Not
 * thread-safe.
 */
interface LogitsSampler {
  /**
   * Draws a token from each of some rows.
   *
   * @param rows whose logits are drawn from; one may be drawn from more than once
   * @param seeds one for each; decides the draw, and is not used at temperature 0
   * @throws BadLogitsException if a row is no distribution
   */
  void run(int[] rows, long[] seeds);

  /** The id that the last run drew at a place of its arguments. */
  int token(int i);

  /**
   * Natural logarithm of that token's probability at temperature 1, without truncation; of no
   * meaning if the sampling does not ask for it.
   */
  double logProbability(int i);

  /** A number in [0, 1) with 53 random bits. */
  static double uniform(long seed) {
    return (seed >>> 11) * 0x1.0p-53;
  }
}
