package org.riselm.onnx.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How positions turn queries and keys (RoPE, Su et al. 2021).
 *
 * @param theta the base of the frequencies; above 1
 * @param part how much of each head is turned, from its start on; in (0, 1]
 * @param scaling how frequencies are stretched for a longer context; null is not at all
 */
public record Rope(double theta, double part, @Nullable Scaling scaling) {
  /** Checks the base and the part. */
  public Rope {
    if (!(theta > 1) || Double.isInfinite(theta)) {
      throw new IllegalArgumentException("rope theta is " + theta + "; above 1, finite");
    }
    if (!(part > 0 && part <= 1)) {
      throw new IllegalArgumentException("rope partial_rotary_factor is " + part + "; in (0, 1]");
    }
  }

  /**
   * Whole heads are turned.
   *
   * @param theta the base of the frequencies; above 1
   * @param scaling how frequencies are stretched; null is not at all
   */
  public Rope(double theta, @Nullable Scaling scaling) {
    this(theta, 1, scaling);
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
   * Returns how many numbers of a head are turned.
   *
   * @param headSize how many it has
   * @return an even number
   */
  public int turned(int headSize) {
    return (int) (headSize * part) / 2 * 2;
  }

  /** A way to stretch frequencies. */
  public sealed interface Scaling permits Linear, Llama3, Yarn, LongRope {}

  private static void requireFactor(double factor) {
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("rope factor is " + factor + "; 1 or more, finite");
    }
  }

  private static void requireContext(int originalContext) {
    if (originalContext < 1) {
      throw new IllegalArgumentException(
          "rope original_max_position_embeddings is " + originalContext + "; 1 or more");
    }
  }

  private static void requireAttentionFactor(double factor) {
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("rope attention_factor is " + factor + "; above 0");
    }
  }

  /**
   * Every frequency is divided by {@code factor}.
   *
   * @param factor 1 or more
   */
  public record Linear(double factor) implements Scaling {
    /** Checks the factor. */
    public Linear {
      requireFactor(factor);
    }
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
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
      implements Scaling {
    /** Checks the factors. */
    public Llama3 {
      requireFactor(factor);
      requireContext(originalContext);
      if (!(lowFrequencyFactor > 0)
          || !(highFrequencyFactor > lowFrequencyFactor)
          || Double.isInfinite(highFrequencyFactor)) {
        throw new IllegalArgumentException(
            "rope low_freq_factor is %s and high_freq_factor %s; 0 < the first < the second"
                .formatted(lowFrequencyFactor, highFrequencyFactor));
      }
    }
  }

  /**
   * YaRN (Peng et al. 2023): frequencies that turn seldom within the original context are divided
   * by {@code factor}, those that turn often stay, those between are interpolated.
   *
   * @param factor 1 or more
   * @param originalContext the context before stretching, in tokens
   * @param attentionFactor what sines and cosines are multiplied by; above 0
   * @param betaFast how many turns are often
   * @param betaSlow how many turns are seldom
   * @param truncate whether the bounds between are whole numbers
   */
  public record Yarn(
      double factor,
      int originalContext,
      double attentionFactor,
      double betaFast,
      double betaSlow,
      boolean truncate)
      implements Scaling {
    /** Checks the numbers. */
    public Yarn {
      requireFactor(factor);
      requireContext(originalContext);
      requireAttentionFactor(attentionFactor);
      if (!(betaSlow > 0) || !(betaFast >= betaSlow) || Double.isInfinite(betaFast)) {
        throw new IllegalArgumentException(
            "rope beta_fast is %s and beta_slow %s; 0 < the second ≤ the first"
                .formatted(betaFast, betaSlow));
      }
    }
  }

  /**
   * LongRoPE (Ding et al. 2024): a divisor for each frequency; other ones for a sequence that is
   * longer than the original context.
   *
   * @param shortFactors the divisors within the original context, one for each frequency
   * @param longFactors the divisors beyond it
   * @param originalContext the context before stretching, in tokens
   * @param attentionFactor what sines and cosines are multiplied by; above 0
   */
  public record LongRope(
      List<Double> shortFactors,
      List<Double> longFactors,
      int originalContext,
      double attentionFactor)
      implements Scaling {
    /** Checks the numbers. */
    public LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
      requireContext(originalContext);
      requireAttentionFactor(attentionFactor);
      if (!shortFactors.stream().allMatch(f -> f > 0)
          || !longFactors.stream().allMatch(f -> f > 0)
          || shortFactors.size() != longFactors.size()) {
        throw new IllegalArgumentException(
            "rope short_factor and long_factor hold %d and %d numbers; as many, above 0"
                .formatted(shortFactors.size(), longFactors.size()));
      }
    }
  }
}
