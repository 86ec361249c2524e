package org.riselm.core;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Example;
import org.riselm.core.objective.WeightedExamples;

/**
 * How the iterations of a run build on one another. A value; {@code with…} methods give changed
 * copies.
 *
 * @param start the parameters that each training starts from
 * @param replay the share of all earlier iterations' examples that is learned again, in [0, 1].
 *     They keep the weights of their own iteration; centering never looks across iterations
 * @param warmStart what the first iteration learns instead of the policy's own attempts; empty if
 *     there is no such step
 * @param mixed other examples to learn beside those of every iteration; may be empty
 * @param mixedShare the share of a training's examples that comes from {@code mixed}, in [0, 1)
 * @param patience how many iterations may pass without a better score before {@link
 *     RiseTrainer#run} stops; 0 never stops early
 * @param keepBest whether {@link RiseTrainer#run} ends with the parameters of the best score
 */
public record IterationPlan(
    Start start,
    double replay,
    List<Example> warmStart,
    List<Example> mixed,
    double mixedShare,
    int patience,
    boolean keepBest) {
  /** Where a training starts. */
  public enum Start {
    /** At the last parameters. */
    LAST,
    /** At the parameters that the policy came with. */
    BASE
  }

  public IterationPlan {
    requireNonNull(start, "start");
    warmStart = List.copyOf(warmStart);
    mixed = List.copyOf(mixed);
    if (!(replay >= 0 && replay <= 1)) {
      throw new IllegalArgumentException("replay is " + replay + "; in [0, 1]");
    }
    if (!(mixedShare >= 0 && mixedShare < 1) || (mixed.isEmpty() && mixedShare > 0)) {
      throw new IllegalArgumentException(
          "mixedShare is %s of %d examples; in [0, 1), and 0 of none"
              .formatted(mixedShare, mixed.size()));
    }
    if (patience < 0) {
      throw new IllegalArgumentException("patience is " + patience + "; 0 or more");
    }
  }

  /** Each iteration goes on from the last, on its own examples only: the default. */
  public static IterationPlan continuing() {
    return new IterationPlan(
        Start.LAST, /* replay= */ 0, List.of(), List.of(), /* mixedShare= */ 0, 0, false);
  }

  /** The paper's: each iteration restarts from the base, on the examples of all iterations. */
  public static IterationPlan restarting() {
    return new IterationPlan(
        Start.BASE, /* replay= */ 1, List.of(), List.of(), /* mixedShare= */ 0, 0, false);
  }

  /** This, with a share of earlier examples learned again. */
  public IterationPlan withReplay(double replay) {
    return new IterationPlan(start, replay, warmStart, mixed, mixedShare, patience, keepBest);
  }

  /**
   * This, with a supervised first iteration on {@code examples}: knowledge boosting, for a base
   * that is too weak to learn from its own attempts (RISE, section 5; {@link SupervisedExamples}
   * makes such examples). The policy's own iterations count from the second.
   */
  public IterationPlan withBoost(List<Example> examples) {
    return new IterationPlan(start, replay, examples, mixed, mixedShare, patience, keepBest);
  }

  /** This, with {@code examples} learned beside, as {@code share} of each training's examples. */
  public IterationPlan withMixed(List<Example> examples, double share) {
    return new IterationPlan(start, replay, warmStart, examples, share, patience, keepBest);
  }

  /** This, stopping after {@code patience} iterations without a better score. */
  public IterationPlan withPatience(int patience) {
    return new IterationPlan(start, replay, warmStart, mixed, mixedShare, patience, keepBest);
  }

  /** This, ending with the parameters of the best score. */
  public IterationPlan withKeepBest(boolean keepBest) {
    return new IterationPlan(start, replay, warmStart, mixed, mixedShare, patience, keepBest);
  }

  /** Whether iteration {@code k} learns from given examples. */
  public boolean isWarmStart(int k) {
    return k == 1 && !warmStart.isEmpty();
  }

  /** What iteration {@code k} counts as among those of the policy's own attempts. */
  public int ownIteration(int k) {
    return warmStart.isEmpty() ? k : k - 1;
  }

  /** What iteration {@code k} learns: its own examples, some of the earlier ones, some others. */
  WeightedExamples trainingSet(int k, WeightedExamples own, List<Example> earlier, long seed) {
    List<Example> all = new ArrayList<>(own.examples());
    all.addAll(some(earlier, (int) Math.round(replay * earlier.size()), "replay", k, seed));
    int others = (int) Math.round(all.size() * mixedShare / (1 - mixedShare));
    all.addAll(some(mixed, Math.min(others, mixed.size()), "mixed", k, seed));
    return new WeightedExamples(all, own.skipped(), own.normalization());
  }

  private static List<Example> some(List<Example> all, int count, String use, int k, long seed) {
    if (count == all.size()) {
      return all;
    }
    List<Example> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new Random(Seeds.derive(seed, Seeds.coordinate(use), k)));
    return shuffled.subList(0, count);
  }

  /** The iteration with the best of {@code scores}, the earliest among equals. */
  public static int best(SortedMap<Integer, Double> scores) {
    int best = scores.firstKey();
    for (Map.Entry<Integer, Double> e : scores.entrySet()) {
      best = e.getValue() > scores.getOrDefault(best, 0.0) ? e.getKey() : best;
    }
    return best;
  }

  /** Whether the last of {@code scores} is too far from the best. */
  boolean stops(SortedMap<Integer, Double> scores) {
    return patience > 0 && !scores.isEmpty() && scores.lastKey() - best(scores) >= patience;
  }
}
