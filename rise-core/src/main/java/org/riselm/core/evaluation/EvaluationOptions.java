package org.riselm.core.evaluation;

import static java.util.Objects.requireNonNull;

import org.riselm.core.inference.VoteRules;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.policy.SamplingOptions;

/**
 * How a policy is evaluated.
 *
 * @param turns T, the length of the sequential rollouts, at least 1
 * @param samples K, the number of parallel first answers, at least 1
 * @param window which earlier turns the policy sees
 * @param sampling how it answers
 * @param feedback what is said between turns
 * @param rollouts R, the number of sequential rollouts, at least 1 and at most K
 * @param vote how votes are counted
 */
public record EvaluationOptions(
    int turns,
    int samples,
    HistoryWindow window,
    SamplingOptions sampling,
    Feedback feedback,
    int rollouts,
    VoteRules vote) {
  /** Turns of a sequential rollout in the paper. */
  public static final int DEFAULT_TURNS = 5;

  /** Parallel samples in the paper: the same budget as the turns. */
  public static final int DEFAULT_SAMPLES = 5;

  public EvaluationOptions {
    if (turns < 1 || samples < 1) {
      throw new IllegalArgumentException(
          "turns is %d and samples is %d; 1 or more each".formatted(turns, samples));
    }
    if (rollouts < 1 || rollouts > samples) {
      throw new IllegalArgumentException(
          "rollouts is %d; 1 or more, and no more than the %d samples"
              .formatted(rollouts, samples));
    }
    requireNonNull(vote, "vote");
    requireNonNull(window, "window");
    requireNonNull(sampling, "sampling");
    requireNonNull(feedback, "feedback");
  }

  /** One rollout, and ties that go to the earliest answer. */
  public EvaluationOptions(
      int turns, int samples, HistoryWindow window, SamplingOptions sampling, Feedback feedback) {
    this(turns, samples, window, sampling, feedback, /* rollouts= */ 1, VoteRules.DEFAULT);
  }

  /** This, with another feedback. */
  public EvaluationOptions withFeedback(Feedback other) {
    return new EvaluationOptions(turns, samples, window, sampling, other, rollouts, vote);
  }

  /** This, with {@code rollouts} sequential rollouts. */
  public EvaluationOptions withRollouts(int rollouts) {
    return new EvaluationOptions(turns, samples, window, sampling, feedback, rollouts, vote);
  }

  /** This, with votes counted by {@code rules}. */
  public EvaluationOptions withVote(VoteRules rules) {
    return new EvaluationOptions(turns, samples, window, sampling, feedback, rollouts, rules);
  }

  /** The paper's five turns and five samples. */
  public static EvaluationOptions of(
      HistoryWindow window, SamplingOptions sampling, Feedback feedback) {
    return new EvaluationOptions(DEFAULT_TURNS, DEFAULT_SAMPLES, window, sampling, feedback);
  }
}
