package org.riselm.onnx.model;

import org.jspecify.annotations.Nullable;

/**
 * How positions turn queries and keys (RoPE, Su et al. 2021).
 *
 * @param theta the base of the frequencies
 * @param scaling how frequencies are stretched for a longer context; null is not at all
 */
public record Rope(double theta, @Nullable Llama3 scaling) {
  /** Checks the base. */
  public Rope {
    if (!(theta > 0) || Double.isInfinite(theta)) {
      throw new IllegalArgumentException("rope theta is " + theta + "; above 0, finite");
    }
  }

  /**
   * Frequencies as they come, from base {@code theta}.
   *
   * @param theta the base of the frequencies; above 1
   * @return the frequencies
   */
  public static Rope of(double theta) {
    return new Rope(theta, null);
  }

  /**
   * Llama 3.1's stretching: low frequencies are divided by {@code factor}, high ones stay, those
   * between are interpolated.
   *
   * @param factor 1 or more
   * @param lowFrequencyFactor wavelengths above originalContext / this are low frequencies
   * @param highFrequencyFactor wavelengths below originalContext / this are high ones; above the
   *     former
   * @param originalContext the context before stretching, in tokens
   */
  public record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext) {
    /** Checks the factors. */
    public Llama3 {
      if (!(factor >= 1) || Double.isInfinite(factor)) {
        throw new IllegalArgumentException("rope factor is " + factor + "; 1 or more, finite");
      }
      if (!(lowFrequencyFactor > 0)
          || !(highFrequencyFactor > lowFrequencyFactor)
          || Double.isInfinite(highFrequencyFactor)) {
        throw new IllegalArgumentException(
            "rope low_freq_factor is %s and high_freq_factor %s; 0 < the first < the second"
                .formatted(lowFrequencyFactor, highFrequencyFactor));
      }
      if (originalContext < 1) {
        throw new IllegalArgumentException(
            "rope original_max_position_embeddings is " + originalContext + "; 1 or more");
      }
    }
  }
}
