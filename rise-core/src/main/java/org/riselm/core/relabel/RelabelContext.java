package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import org.riselm.core.internal.rollout.Deadline;
import org.riselm.core.mdp.Reward;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.spi.ResponseCache;
import org.riselm.core.rollout.StageProgress;

/**
 * What a relabeler may use.
 *
 * @param policy the learner, as it was when it made the attempts
 * @param reward what scores responses
 * @param sampling how the learner answers
 * @param seed of the run
 * @param iteration under way
 * @param progress told as answers come
 * @param responseCache keeps the answers of other policies; those of {@code policy} are kept
 *     already
 * @param deadline of a user's code; that of {@code reward} is set already
 */
public record RelabelContext(
    Policy policy,
    Reward reward,
    SamplingOptions sampling,
    long seed,
    int iteration,
    StageProgress progress,
    ResponseCache responseCache,
    Deadline deadline) {
  public RelabelContext {
    requireNonNull(policy, "policy");
    requireNonNull(reward, "reward");
    requireNonNull(sampling, "sampling");
    requireNonNull(progress, "progress");
    requireNonNull(responseCache, "recorder");
    requireNonNull(deadline, "deadline");
  }

  /** What a relabeler may use outside a run. */
  public RelabelContext(
      Policy policy,
      Reward reward,
      SamplingOptions sampling,
      long seed,
      int iteration,
      StageProgress progress) {
    this(policy, reward, sampling, seed, iteration, progress, ResponseCache.NONE, Deadline.NONE);
  }
}
