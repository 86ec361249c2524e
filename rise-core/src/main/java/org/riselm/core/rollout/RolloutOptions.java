package org.riselm.core.rollout;

import static java.util.Objects.requireNonNull;

import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Reward;
import org.riselm.core.policy.Sampling;

/**
 * How episodes are unrolled.
 *
 * @param turns longest episode, at least 1
 * @param stopAtSuccess whether a right answer ends an episode
 * @param episodesPerProblem how many, at least 1
 * @param window which earlier turns the policy sees
 * @param sampling how it answers
 * @param feedback what is said between turns
 * @param reward what scores an answer
 */
public record RolloutOptions(
    int turns,
    boolean stopAtSuccess,
    int episodesPerProblem,
    HistoryWindow window,
    Sampling sampling,
    Feedback feedback,
    Reward reward) {
  public RolloutOptions {
    if (turns < 1) {
      throw new IllegalArgumentException("turns is " + turns + "; 1 or more");
    }
    if (episodesPerProblem < 1) {
      throw new IllegalArgumentException(
          "episodesPerProblem is " + episodesPerProblem + "; 1 or more");
    }
    requireNonNull(window, "window");
    requireNonNull(sampling, "sampling");
    requireNonNull(feedback, "feedback");
    requireNonNull(reward, "reward");
  }
}
