package org.riselm.core.rollout;

import static java.util.Objects.requireNonNull;

import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Reward;
import org.riselm.core.policy.SamplingOptions;

/**
 * How episodes are unrolled.
 *
 * @param turns longest episode, at least 1
 * @param stopWhenCorrect whether a right answer ends an episode
 * @param episodesPerProblem how many, at least 1
 * @param historyWindow which earlier turns the policy sees
 * @param sampling how it answers
 * @param feedback what is said between turns
 * @param reward what scores an answer
 * @param tokensPerProblem the most tokens that all episodes of a problem may sample together; an
 *     episode goes on only while its next answer cannot exceed that
 */
public record RolloutOptions(
    int turns,
    boolean stopWhenCorrect,
    int episodesPerProblem,
    HistoryWindow historyWindow,
    SamplingOptions sampling,
    Feedback feedback,
    Reward reward,
    long tokensPerProblem) {
  public RolloutOptions {
    if (turns < 1) {
      throw new IllegalArgumentException("turns is " + turns + "; 1 or more");
    }
    if (episodesPerProblem < 1) {
      throw new IllegalArgumentException(
          "episodesPerProblem is " + episodesPerProblem + "; 1 or more");
    }
    requireNonNull(historyWindow, "window");
    requireNonNull(sampling, "sampling");
    requireNonNull(feedback, "feedback");
    requireNonNull(reward, "reward");
    long firstTurns = (long) episodesPerProblem * sampling.maxNewTokens();
    if (tokensPerProblem < firstTurns) {
      throw new IllegalArgumentException(
          "tokensPerProblem is %d, but %d first turns of up to %d tokens may take %d; allow more, or sample fewer or shorter answers"
              .formatted(
                  tokensPerProblem, episodesPerProblem, sampling.maxNewTokens(), firstTurns));
    }
  }

  /** As many tokens as it takes. */
  public RolloutOptions(
      int turns,
      boolean stopWhenCorrect,
      int episodesPerProblem,
      HistoryWindow window,
      SamplingOptions sampling,
      Feedback feedback,
      Reward reward) {
    this(
        turns,
        stopWhenCorrect,
        episodesPerProblem,
        window,
        sampling,
        feedback,
        reward,
        /* tokensPerProblem= */ Long.MAX_VALUE);
  }
}
