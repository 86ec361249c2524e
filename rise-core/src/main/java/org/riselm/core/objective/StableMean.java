package org.riselm.core.objective;

import java.util.List;

/** Order-independent means and standard deviations. */
final class StableMean {
  private StableMean() {}

  /** Returns the mean of {@code values}; at least one. */
  static double of(List<Double> values) {
    return sum(values) / values.size();
  }

  /** Returns the sum of {@code values}. */
  static double sum(List<Double> values) {
    double sum = 0;
    for (double value : values.stream().sorted().toList()) {
      sum += value;
    }
    return sum;
  }

  /** Returns the population standard deviation of {@code values}; at least one. */
  static double spread(List<Double> values) {
    double mean = of(values);
    return Math.sqrt(of(values.stream().map(v -> (v - mean) * (v - mean)).toList()));
  }
}
