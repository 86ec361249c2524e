package org.riselm.core.relabel;

import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.riselm.core.mdp.Reward;

/**
 * Relabeled attempts in numbers.
 *
 * @param attempts how many
 * @param bySource how many targets come from each source, sorted by its name
 * @param correct targets that are correct
 * @param meanRewardBefore of the learner's own responses; 0 if there are none
 * @param meanRewardAfter of the targets
 * @param tokens that were sampled to find them
 */
public record RelabelStats(
    int attempts,
    Map<String, Integer> bySource,
    int correct,
    double meanRewardBefore,
    double meanRewardAfter,
    long tokens) {
  public RelabelStats {
    bySource = ImmutableSortedMap.copyOf(bySource);
  }

  /** Returns the numbers of {@code relabeled}, which took {@code tokens} tokens to find. */
  public static RelabelStats of(List<RelabeledAttempt> relabeled, long tokens) {
    Map<String, Integer> bySource = new TreeMap<>();
    relabeled.forEach(r -> bySource.merge(r.target().source(), 1, Integer::sum));
    return new RelabelStats(
        relabeled.size(),
        bySource,
        (int) relabeled.stream().filter(r -> Reward.isCorrect(r.target().reward())).count(),
        relabeled.stream().mapToDouble(r -> r.attempt().turn().reward()).average().orElse(0),
        relabeled.stream().mapToDouble(r -> r.target().reward()).average().orElse(0),
        tokens);
  }
}
