package org.riselm.core.internal.rollout;

import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.UserFailure;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Reward;
import org.riselm.core.policy.Completion;

/**
 * The reward of an answer, or 0 and what went wrong. Bad rollouts are data: neither a failed
 * completion nor a reward that throws stops a run.
 *
 * @param reward finite
 * @param failure for people to read; null if nothing failed
 */
public record ScoringResult(double reward, @Nullable String failure) {
  /** What {@code reward} gives to {@code completion}. */
  public static ScoringResult of(Reward reward, Problem problem, Completion completion) {
    if (completion.failure() != null) {
      return new ScoringResult(0, "policy: " + completion.failure());
    }
    return of(reward, problem, completion.response());
  }

  /** What {@code reward} gives to {@code response}. */
  public static ScoringResult of(Reward reward, Problem problem, Response response) {
    double score;
    try {
      score = reward.score(problem, response.text());
    } catch (Throwable e) {
      return new ScoringResult(0, "reward: " + UserFailure.describe(e));
    }
    return Double.isFinite(score)
        ? new ScoringResult(score, null)
        : new ScoringResult(0, "reward: it is " + score + "; it must be finite");
  }
}
