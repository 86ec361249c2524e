package org.riselm.core.relabel;

import java.util.List;

/**
 * Takes states that the learner reached and gives back a better response for each than the
 * learner's own, if it has one (RISE, section 4.2).
 */
@FunctionalInterface
public interface Relabeler {
  /**
   * The response to learn for each attempt, in the order of the attempts. A response that cannot be
   * had falls back to the learner's own, with a source that says so; only misuse throws.
   */
  List<Target> relabel(List<Attempt> attempts, RelabelContext context);
}
