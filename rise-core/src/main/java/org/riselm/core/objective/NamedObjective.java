package org.riselm.core.objective;

import java.util.List;
import org.riselm.core.relabel.RelabeledAttempt;

/** An objective with a name by which one run's configuration is told from another's. */
record NamedObjective(String name, boolean onPolicy, Objective objective) implements Objective {
  @Override
  public WeightedExamples weigh(List<RelabeledAttempt> relabeled) {
    return objective.weigh(relabeled);
  }

  @Override
  public String toString() {
    return name;
  }
}
