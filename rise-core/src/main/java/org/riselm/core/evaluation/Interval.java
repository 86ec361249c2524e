package org.riselm.core.evaluation;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * An estimate and its 95 % confidence interval, as shares of 1.
 *
 * @param estimate the measured value
 * @param low end of the interval
 * @param high end of the interval
 */
public record Interval(double estimate, double low, double high) {
  // The 97.5 % quantile of the standard normal distribution.
  private static final double Z = 1.959963984540054;

  private static final int RESAMPLES = 2000;

  /**
   * Wilson's score interval of a proportion; unlike ± 1.96 standard errors it stays within [0, 1]
   * and holds for shares near 0 and 1.
   *
   * @param successes at least 0, at most {@code trials}
   * @param trials at least 1
   */
  public static Interval wilson(int successes, int trials) {
    if (trials < 1 || successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "%d successes of %d trials; at least 1 trial, and no more successes than trials"
              .formatted(successes, trials));
    }
    double n = trials;
    double p = successes / n;
    double scale = 1 + Z * Z / n;
    double centre = (p + Z * Z / (2 * n)) / scale;
    double half = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / scale;
    // Rounding must not push the ends past the estimate, nor out of [0, 1].
    return new Interval(
        p, Math.max(0, Math.min(p, centre - half)), Math.min(1, Math.max(p, centre + half)));
  }

  /**
   * The difference of two proportions over the same problems, with the percentile interval of a
   * paired bootstrap: problems are drawn with replacement, both outcomes of a problem together.
   *
   * @param minuend whether each problem was right in one way
   * @param subtrahend whether it was right in the other; as long
   * @param seed of the resampling
   */
  public static Interval pairedDifference(boolean[] minuend, boolean[] subtrahend, long seed) {
    if (minuend.length == 0 || minuend.length != subtrahend.length) {
      throw new IllegalArgumentException(
          "%d outcomes against %d; equally many, at least 1"
              .formatted(minuend.length, subtrahend.length));
    }
    int[] differences = new int[minuend.length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = (minuend[i] ? 1 : 0) - (subtrahend[i] ? 1 : 0);
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      long sum = 0;
      for (int i = 0; i < differences.length; i++) {
        sum += differences[random.nextInt(differences.length)];
      }
      means[r] = (double) sum / differences.length;
    }
    Arrays.sort(means);
    int tail = RESAMPLES / 40;
    return new Interval(
        (double) Arrays.stream(differences).sum() / differences.length,
        means[tail],
        means[RESAMPLES - 1 - tail]);
  }

  /** In percent, with one decimal: {@code 33.1 [29.5, 37.0]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f [%.1f, %.1f]", 100 * estimate, 100 * low, 100 * high);
  }
}
