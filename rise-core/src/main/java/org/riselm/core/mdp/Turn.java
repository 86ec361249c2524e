package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: the response, the reward it got, and the feedback that followed.
 *
 * @param response what the policy said
 * @param reward its score; {@link Reward#CORRECT} is that of a correct response
 * @param feedback what the environment said next; null after the last turn of an episode
 * @param failure what went wrong while sampling or scoring, for people to read; null if nothing did
 */
public record Turn(
    Response response, double reward, @Nullable String feedback, @Nullable String failure)
    implements Serializable {
  /** Checks the components. */
  public Turn {
    requireNonNull(response, "response");
    if (!Double.isFinite(reward)) {
      throw new IllegalArgumentException("a turn's reward is " + reward + "; it must be finite");
    }
  }

  /**
   * {@return a turn without failure and without feedback yet}
   *
   * @param response the response
   * @param reward the reward it got; finite
   */
  public static Turn of(Response response, double reward) {
    return new Turn(response, reward, null, null);
  }

  /**
   * {@return this turn, followed by {@code feedback}}
   *
   * @param feedback what was said after it
   */
  public Turn withFeedback(String feedback) {
    return new Turn(response, reward, requireNonNull(feedback, "feedback"), failure);
  }

  /** {@return whether the response was correct} */
  public boolean correct() {
    return Reward.isCorrect(reward);
  }

  /** {@return the feedback, if any followed} */
  public Optional<String> feedbackIfAny() {
    return Optional.ofNullable(feedback);
  }
}
