package org.riselm.core.objective;

import java.util.Arrays;

/**
 * Weights in numbers.
 *
 * @param examples how many weights
 * @param skipped attempts that gave no example
 * @param min the smallest; 0 if there are none
 * @param mean their mean
 * @param max the largest
 * @param effectiveSampleSize (Σ|w|)² / Σw²: how many equally weighted examples would be as varied
 *     (Kish); between 1 and {@code examples}, or 0 if all weights are 0
 */
public record WeightStats(
    int examples, int skipped, double min, double mean, double max, double effectiveSampleSize) {

  /** Returns {@code weights} in numbers. */
  public static WeightStats of(double[] weights, int skipped) {
    double sum = Arrays.stream(weights).map(Math::abs).sum();
    double squares = Arrays.stream(weights).map(w -> w * w).sum();
    return new WeightStats(
        weights.length,
        skipped,
        Arrays.stream(weights).min().orElse(0),
        Arrays.stream(weights).average().orElse(0),
        Arrays.stream(weights).max().orElse(0),
        squares == 0 ? 0 : sum * sum / squares);
  }
}
