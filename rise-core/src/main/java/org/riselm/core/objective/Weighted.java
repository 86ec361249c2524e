package org.riselm.core.objective;

import java.util.List;
import org.riselm.core.mdp.Example;

/**
 * What an objective made.
 *
 * @param examples to learn
 * @param skipped attempts whose target was failed or empty
 */
public record Weighted(List<Example> examples, int skipped) {
  public Weighted {
    examples = List.copyOf(examples);
  }

  /** The weights in numbers. */
  public WeightStats stats() {
    return WeightStats.of(examples.stream().mapToDouble(Example::weight).toArray(), skipped);
  }
}
