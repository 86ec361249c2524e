package org.riselm.core.objective;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.TrainingRequest.LossNormalization;

/**
 * The examples that an objective made.
 *
 * @param examples to learn
 * @param skipped attempts whose target was failed, empty, or more than the policy can take
 * @param normalization what the loss is to be divided by
 */
public record WeightedExamples(
    List<Example> examples, int skipped, LossNormalization normalization) {
  /** Checks the components. */
  public WeightedExamples {
    examples = List.copyOf(examples);
    requireNonNull(normalization, "normalization");
  }

  /**
   * Makes examples of which only the weights' proportions count.
   *
   * @param examples the examples
   * @param skipped how many were left out
   */
  public WeightedExamples(List<Example> examples, int skipped) {
    this(examples, skipped, LossNormalization.BY_WEIGHT);
  }

  /**
   * {@return these without the examples that {@code kept} does not hold for; they count as skipped}
   *
   * @param kept decides which stay
   */
  public WeightedExamples only(Predicate<Example> kept) {
    List<Example> left = examples.stream().filter(kept).toList();
    return new WeightedExamples(left, skipped + examples.size() - left.size(), normalization);
  }

  /** {@return the weights in numbers} */
  public WeightStats stats() {
    return WeightStats.of(examples.stream().mapToDouble(Example::weight).toArray(), skipped);
  }

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

    /**
     * {@return {@code weights} in numbers}
     *
     * @param weights the weight of each example
     * @param skipped how many were left out
     */
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
}
