package org.riselm.examples.lab.study;

import java.util.Arrays;
import java.util.Locale;

/**
 * A mean over seeds and its 95 % interval by Student's t: seeds are what varies, and there are few.
 *
 * @param seeds how many
 * @param mean of them
 * @param half of the interval's width; NaN for one seed
 */
record Spread(int seeds, double mean, double half) {
  // The 97.5 % quantiles of Student's t, by degrees of freedom from 1.
  private static final double[] T = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179
  };

  static Spread of(double[] values) {
    int n = values.length;
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    if (n < 2) {
      return new Spread(n, mean, Double.NaN);
    }
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    double error = Math.sqrt(squares / (n - 1) / n);
    return new Spread(n, mean, T[Math.min(n - 1, T.length) - 1] * error);
  }

  double low() {
    return mean - half;
  }

  double high() {
    return mean + half;
  }

  /** Of shares, in points: {@code 33.1 ± 4.2}. */
  @Override
  public String toString() {
    return Double.isNaN(half)
        ? String.format(Locale.ROOT, "%.1f", 100 * mean)
        : String.format(Locale.ROOT, "%.1f ± %.1f", 100 * mean, 100 * half);
  }
}
