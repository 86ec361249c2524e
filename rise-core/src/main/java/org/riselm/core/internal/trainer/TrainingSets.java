package org.riselm.core.internal.trainer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.riselm.core.IterationPlan;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Example;
import org.riselm.core.objective.WeightedExamples;

/** Puts together what an iteration learns. */
public final class TrainingSets {
  private TrainingSets() {}

  /**
   * Returns the examples to learn: the iteration's own, a share of the earlier ones, and others
   * beside them, as the plan says.
   */
  public static WeightedExamples of(
      IterationPlan plan, int k, WeightedExamples own, List<Example> earlier, long seed) {
    List<Example> all = new ArrayList<>(own.examples());
    int replayed = (int) Math.round(plan.replay() * earlier.size());
    all.addAll(draw(earlier, replayed, Seeds.derive(seed, Seeds.coordinate("replay"), k)));
    int wanted = (int) Math.round(all.size() * plan.mixedShare() / (1 - plan.mixedShare()));
    int mixed = Math.min(wanted, plan.mixed().size());
    all.addAll(draw(plan.mixed(), mixed, Seeds.derive(seed, Seeds.coordinate("mixed"), k)));
    return new WeightedExamples(all, own.skipped(), own.normalization());
  }

  private static List<Example> draw(List<Example> all, int count, long seed) {
    if (count == all.size()) {
      return all;
    }
    List<Example> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled.subList(0, count);
  }
}
