package org.riselm.core.evaluation;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * An estimate and its 95 % confidence interval; of a share, as a part of 1.
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
   * @return the interval
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
   * {@return the mean of {@code values}, with the percentile interval of a bootstrap: values are
   * drawn with replacement}
   *
   * @param values one per problem; at least one
   * @param seed of the resampling
   */
  public static Interval mean(double[] values, long seed) {
    if (values.length == 0) {
      throw new IllegalArgumentException("there are no values to take the mean of");
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += values[random.nextInt(values.length)];
      }
      means[r] = sum / values.length;
    }
    Arrays.sort(means);
    int tail = RESAMPLES / 40;
    return new Interval(
        Arrays.stream(values).sum() / values.length, means[tail], means[RESAMPLES - 1 - tail]);
  }

  /**
   * {@return the difference of two means over the same problems, with the percentile interval of a
   * paired bootstrap: problems are drawn with replacement, both values of a problem together}
   *
   * @param minuend one value per problem
   * @param subtrahend the same problems' other values
   * @param seed of the resampling
   */
  public static Interval pairedDifference(double[] minuend, double[] subtrahend, long seed) {
    if (minuend.length == 0 || minuend.length != subtrahend.length) {
      throw new IllegalArgumentException(
          "%d outcomes against %d; equally many, at least 1"
              .formatted(minuend.length, subtrahend.length));
    }
    double[] differences = new double[minuend.length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = minuend[i] - subtrahend[i];
    }
    return mean(differences, seed);
  }

  /** In percent, with one decimal: {@code 33.1 [29.5, 37.0]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f [%.1f, %.1f]", 100 * estimate, 100 * low, 100 * high);
  }
}
