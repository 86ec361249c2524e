package org.riselm.core.rollout;

import java.util.List;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Turn;

/**
 * Episodes in numbers.
 *
 * @param episodes how many
 * @param turns in all of them
 * @param correct episodes with a correct turn
 * @param truncated episodes that ended without a response or without feedback
 * @param failures turns on which something failed
 * @param meanReward over turns; 0 if there are none
 * @param tokens that were sampled
 */
public record RolloutStats(
    int episodes,
    int turns,
    int correct,
    int truncated,
    int failures,
    double meanReward,
    long tokens) {

  /** Returns {@code episodes} in numbers. */
  public static RolloutStats of(List<Episode> episodes) {
    List<Turn> turns = episodes.stream().flatMap(e -> e.turns().stream()).toList();
    return new RolloutStats(
        episodes.size(),
        turns.size(),
        (int) episodes.stream().filter(Episode::anyCorrect).count(),
        (int) episodes.stream().filter(e -> e.endReason() == Episode.EndReason.TRUNCATED).count(),
        (int) turns.stream().filter(t -> t.failure() != null).count(),
        turns.stream().mapToDouble(Turn::reward).average().orElse(0),
        turns.stream().mapToLong(t -> t.response().tokens().size()).sum());
  }
}
