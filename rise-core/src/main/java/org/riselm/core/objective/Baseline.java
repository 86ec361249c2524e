package org.riselm.core.objective;

import java.util.ArrayList;
import java.util.List;

/**
 * What a policy gradient subtracts from the return of a turn. A group is the same turn of all
 * episodes of one problem.
 */
public enum Baseline {
  /** Nothing: plain REINFORCE (Williams 1992). */
  NONE {
    @Override
    double of(List<Double> group, double own) {
      return 0;
    }
  },
  /** The group's mean, as GRPO has it (arXiv 2402.03300). A group of one has nothing to learn. */
  GROUP_MEAN {
    @Override
    double of(List<Double> group, double own) {
      return StableMean.of(group);
    }
  },
  /**
   * The mean of the others in the group (RLOO, arXiv 2402.14740): unlike the group's mean it leaves
   * the gradient unbiased. 0 in a group of one.
   */
  LEAVE_ONE_OUT {
    @Override
    double of(List<Double> group, double own) {
      if (group.size() == 1) {
        return 0;
      }
      List<Double> others = new ArrayList<>(group);
      others.remove(own);
      return StableMean.of(others);
    }
  };

  /** Returns the baseline of {@code own}, which is one of {@code group}. */
  abstract double of(List<Double> group, double own);
}
