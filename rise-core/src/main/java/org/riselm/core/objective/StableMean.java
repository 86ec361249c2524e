package org.riselm.core.objective;

import java.util.List;

/** Means and spreads that the order of their numbers leaves no rounding in. */
final class StableMean {
  private StableMean() {}

  /** The mean of {@code values}; at least one. */
  static double of(List<Double> values) {
    return sum(values) / values.size();
  }

  /** The sum of {@code values}. */
  static double sum(List<Double> values) {
    double sum = 0;
    for (double value : values.stream().sorted().toList()) {
      sum += value;
    }
    return sum;
  }

  /** The population standard deviation of {@code values}; at least one. */
  static double spread(List<Double> values) {
    double mean = of(values);
    return Math.sqrt(of(values.stream().map(v -> (v - mean) * (v - mean)).toList()));
  }
}
