package org.riselm.core.relabel;

import com.google.common.collect.ImmutableSortedMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.riselm.core.mdp.Reward;

/**
 * Relabelled attempts in numbers.
 *
 * @param attempts how many
 * @param bySource how many targets come from each source, sorted by its name
 * @param right targets that are right
 * @param meanRewardBefore of the learner's own responses; 0 if there are none
 * @param meanRewardAfter of the targets
 * @param tokens that were sampled to find them
 */
public record RelabelStats(
    int attempts,
    Map<String, Integer> bySource,
    int right,
    double meanRewardBefore,
    double meanRewardAfter,
    long tokens) {
  public RelabelStats {
    bySource = ImmutableSortedMap.copyOf(bySource);
  }

  /** The numbers of {@code relabelled}, which took {@code tokens} tokens to find. */
  public static RelabelStats of(List<RelabeledAttempt> relabelled, long tokens) {
    Map<String, Integer> bySource = new TreeMap<>();
    relabelled.forEach(r -> bySource.merge(r.relabel().source(), 1, Integer::sum));
    return new RelabelStats(
        relabelled.size(),
        bySource,
        (int) relabelled.stream().filter(r -> Reward.isSuccess(r.relabel().reward())).count(),
        relabelled.stream().mapToDouble(r -> r.attempt().turn().reward()).average().orElse(0),
        relabelled.stream().mapToDouble(r -> r.relabel().reward()).average().orElse(0),
        tokens);
  }
}
