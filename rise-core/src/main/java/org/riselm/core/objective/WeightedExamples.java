package org.riselm.core.objective;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Predicate;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.LossNormalization;

/**
 * The examples that an objective made.
 *
 * @param examples to learn
 * @param skipped attempts whose target was failed, empty, or more than the policy can take
 * @param normalization what the loss is to be divided by
 */
public record WeightedExamples(
    List<Example> examples, int skipped, LossNormalization normalization) {
  public WeightedExamples {
    examples = List.copyOf(examples);
    requireNonNull(normalization, "normalization");
  }

  /** Makes examples of which only the weights' proportions count. */
  public WeightedExamples(List<Example> examples, int skipped) {
    this(examples, skipped, LossNormalization.BY_WEIGHT);
  }

  /**
   * Returns these without the examples that {@code kept} does not hold for; they count as skipped.
   */
  public WeightedExamples only(Predicate<Example> kept) {
    List<Example> left = examples.stream().filter(kept).toList();
    return new WeightedExamples(left, skipped + examples.size() - left.size(), normalization);
  }

  /** Returns the weights in numbers. */
  public WeightStats stats() {
    return WeightStats.of(examples.stream().mapToDouble(Example::weight).toArray(), skipped);
  }
}
