package org.riselm.core.relabel;

import org.riselm.core.internal.rollout.ScoringResult;
import org.riselm.core.mdp.Response;

/** Decides between somebody else's response and the learner's own. */
final class BetterResponse {
  private BetterResponse() {}

  /** Returns {@code response}, unless it is empty, cannot be scored, or scores below the own. */
  static Target orOwn(Attempt attempt, Response response, String source, RelabelContext context) {
    ScoringResult score = ScoringResult.of(context.reward(), attempt.state().problem(), response);
    if (response.text().isEmpty() || score.failure() != null) {
      return Target.own(attempt, "own (" + source + " failed)");
    }
    return score.reward() < attempt.turn().reward()
        ? Target.own(attempt)
        : new Target(response, score.reward(), source);
  }
}
