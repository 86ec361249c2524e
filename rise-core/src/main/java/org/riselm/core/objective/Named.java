package org.riselm.core.objective;

import java.util.List;
import org.riselm.core.relabel.Relabelled;

/** An objective with a name by which one run's configuration is told from another's. */
record Named(String name, boolean onPolicy, Objective objective) implements Objective {
  static Objective of(String name, Objective objective) {
    return new Named(name, objective.onPolicy(), objective);
  }

  @Override
  public Weighted weigh(List<Relabelled> relabelled) {
    return objective.weigh(relabelled);
  }

  @Override
  public String toString() {
    return name;
  }
}
