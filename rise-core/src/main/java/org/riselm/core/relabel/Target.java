package org.riselm.core.relabel;

import static java.util.Objects.requireNonNull;

import org.riselm.core.mdp.Response;

/**
 * The response to learn in a state.
 *
 * @param response what to say there
 * @param reward its score
 * @param source where it comes from, in a word or two; reports count by it
 */
public record Target(Response response, double reward, String source) {
  /** The source of a response that is the learner's own. */
  public static final String OWN = "own";

  /** Checks the components. */
  public Target {
    requireNonNull(response, "response");
    requireNonNull(source, "source");
    if (!Double.isFinite(reward)) {
      throw new IllegalArgumentException("a relabel's reward is " + reward + "; it must be finite");
    }
  }

  /**
   * {@return the learner's own response as the target}
   *
   * @param attempt the attempt of the learner
   */
  public static Target own(Attempt attempt) {
    return own(attempt, OWN);
  }

  static Target own(Attempt attempt, String source) {
    return new Target(attempt.turn().response(), attempt.turn().reward(), source);
  }
}
