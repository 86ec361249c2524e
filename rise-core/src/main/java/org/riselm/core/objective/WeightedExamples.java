package org.riselm.core.objective;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Predicate;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.TrainingOptions.LossOver;

/**
 * What an objective made.
 *
 * @param examples to learn
 * @param skipped attempts whose target was failed, empty, or more than the policy can take
 * @param lossOver what the loss is to be divided by
 */
public record WeightedExamples(List<Example> examples, int skipped, LossOver lossOver) {
  public WeightedExamples {
    examples = List.copyOf(examples);
    requireNonNull(lossOver, "lossOver");
  }

  /** Examples of which only the weights' proportions count. */
  public WeightedExamples(List<Example> examples, int skipped) {
    this(examples, skipped, LossOver.WEIGHTS);
  }

  /** This without the examples that {@code kept} does not hold for; they count as skipped. */
  public WeightedExamples only(Predicate<Example> kept) {
    List<Example> left = examples.stream().filter(kept).toList();
    return new WeightedExamples(left, skipped + examples.size() - left.size(), lossOver);
  }

  /** The weights in numbers. */
  public WeightStats stats() {
    return WeightStats.of(examples.stream().mapToDouble(Example::weight).toArray(), skipped);
  }
}
