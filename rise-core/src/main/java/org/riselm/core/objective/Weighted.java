package org.riselm.core.objective;

import java.util.List;
import java.util.function.Predicate;
import org.riselm.core.mdp.Example;

/**
 * What an objective made.
 *
 * @param examples to learn
 * @param skipped attempts whose target was failed, empty, or more than the policy can take
 */
public record Weighted(List<Example> examples, int skipped) {
  public Weighted {
    examples = List.copyOf(examples);
  }

  /** This without the examples that {@code kept} does not hold for; they count as skipped. */
  public Weighted only(Predicate<Example> kept) {
    List<Example> left = examples.stream().filter(kept).toList();
    return new Weighted(left, skipped + examples.size() - left.size());
  }

  /** The weights in numbers. */
  public WeightStats stats() {
    return WeightStats.of(examples.stream().mapToDouble(Example::weight).toArray(), skipped);
  }
}
