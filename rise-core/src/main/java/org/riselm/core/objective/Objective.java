package org.riselm.core.objective;

import java.util.List;
import org.riselm.core.mdp.Described;
import org.riselm.core.relabel.RelabeledAttempt;

/** Turns the relabeled attempts of one iteration into weighted examples. */
@FunctionalInterface
public interface Objective extends Described {
  /**
   * {@return the examples of {@code relabeled}, in its order} A failed or empty target is skipped
   * and counted. The weights must not depend on the order of the attempts.
   *
   * @param relabeled the attempts with their targets
   */
  WeightedExamples weigh(List<RelabeledAttempt> relabeled);

  /**
   * {@return whether the weights are valid only for the policy that made the attempts, as those of
   * a policy gradient are} Such examples are never learned in a later iteration than their own.
   */
  default boolean onPolicy() {
    return false;
  }

  /**
   * {@return {@code objective} with a description for a run's configuration}
   *
   * @param name tells it from others
   * @param objective the objective
   */
  static Objective named(String name, Objective objective) {
    return new NamedObjective(name, objective.onPolicy(), objective);
  }
}
