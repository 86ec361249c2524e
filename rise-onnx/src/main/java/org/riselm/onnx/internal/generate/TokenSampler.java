package org.riselm.onnx.internal.generate;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.riselm.core.policy.SamplingOptions;

/**
 * Draws one token from a row of logits on the CPU, as {@link LogitsSampler} says. Holds scratch
 * memory and makes no garbage per token. Not thread-safe.
 */
final class TokenSampler {
  private final SamplingOptions sampling;
  private final Truncation truncation = new Truncation();
  private final float[] logits;
  private final double[] weights;
  private double logProbability = Double.NaN;

  TokenSampler(int vocabulary, SamplingOptions sampling) {
    this.sampling = sampling;
    this.logits = new float[vocabulary];
    this.weights = new double[vocabulary];
  }

  /**
   * Draws from the row that starts at {@code offset}.
   *
   * @param seed decides the draw; not used at temperature 0
   * @return the token's id
   * @throws ArithmeticException if a logit is NaN or +∞, or all are −∞
   */
  int sample(FloatBuffer rows, int offset, long seed) {
    rows.get(offset, logits);
    int best = 0;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      if (!(logits[i] <= max)) { // Larger, or NaN, which stays.
        max = logits[i];
        best = i;
        if (Float.isNaN(max)) {
          break;
        }
      }
    }
    if (!Float.isFinite(max)) {
      throw new ArithmeticException(BadLogitsException.describe(logits));
    }
    // Over a large vocabulary this is most of the work; the weights of a draw may be others.
    double sum = sampling.logProbabilities() ? weigh(max, 1, Truncation.ALL) : Double.NaN;
    int token = sampling.temperature() == 0 ? best : draw(max, sum, LogitsSampler.uniform(seed));
    logProbability = (double) logits[token] - max - Math.log(sum);
    return token;
  }

  /**
   * Natural logarithm of the last token's probability at temperature 1, without truncation; NaN if
   * the sampling does not ask for it.
   */
  double logProbability() {
    return logProbability;
  }

  // If log-probabilities are asked for, the weights hold exp(logit - max), which sums to `sum`.
  private int draw(float max, double sum, double uniform) {
    double temperature = sampling.temperature();
    boolean truncated = sampling.topK() > 0 && sampling.topK() < logits.length;
    long cut = Truncation.ALL;
    if (truncated) {
      Arrays.fill(weights, 1);
      cut = truncation.cut(logits, weights, max, 1, cut, sampling.topK());
    }
    boolean weighed = sampling.logProbabilities() && !truncated && temperature == 1;
    double total = weighed ? sum : weigh(max, temperature, cut);
    if (sampling.topP() < 1) {
      cut = truncation.cut(logits, weights, max, 1 / temperature, cut, sampling.topP() * total);
      total = keep(cut);
    }
    return invert(uniform * total);
  }

  // Sets the weights at a temperature of the tokens within the cut, 0 elsewhere; gives their sum.
  private double weigh(float max, double temperature, long cut) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double w =
          cut == Truncation.ALL || Truncation.key(logits[i], i) <= cut
              ? Exponential.exp(((double) logits[i] - max) / temperature)
              : 0;
      weights[i] = w;
      sum += w;
    }
    return sum;
  }

  private double keep(long cut) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (Truncation.key(logits[i], i) > cut) {
        weights[i] = 0;
      }
      sum += weights[i];
    }
    return sum;
  }

  // The first token, by id, at which the running sum of weights exceeds the target.
  private int invert(double target) {
    double sum = 0;
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        sum += weights[i];
        last = i;
        if (sum > target) {
          break;
        }
      }
    }
    return last;
  }
}
