package org.riselm.core.relabel;

import org.riselm.core.mdp.Response;
import org.riselm.core.rollout.Score;

/** Decides between somebody else's response and the learner's own. */
final class Candidate {
  private Candidate() {}

  /** {@code response}, unless it is empty, cannot be scored, or scores below the own. */
  static Relabel orOwn(Attempt attempt, Response response, String source, RelabelContext context) {
    Score score = Score.of(context.reward(), attempt.state().problem(), response);
    if (response.text().isEmpty() || score.failure() != null) {
      return Relabel.own(attempt, "own (" + source + " failed)");
    }
    return score.reward() < attempt.turn().reward()
        ? Relabel.own(attempt)
        : new Relabel(response, score.reward(), source);
  }
}
