package org.riselm.core.inference;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.policy.SamplingOptions;

/**
 * How a policy revises at deployment. A value; {@code with…} methods give changed copies.
 *
 * @param turns T, the longest episode, at least 1
 * @param parallel K, episodes per problem, at least 1
 * @param window which earlier turns the policy sees; as in training
 * @param sampling how it answers
 * @param feedback what is said between turns; as in training
 * @param tokensPerProblem the most tokens that a problem may take, over all its episodes and turns
 */
public record IntrospectionOptions(
    int turns,
    int parallel,
    HistoryWindow window,
    SamplingOptions sampling,
    Feedback feedback,
    long tokensPerProblem) {
  public IntrospectionOptions {
    requireNonNull(window, "window");
    requireNonNull(sampling, "sampling");
    requireNonNull(feedback, "feedback");
    if (turns < 1 || parallel < 1) {
      throw new IllegalArgumentException(
          "turns is %d and parallel is %d; 1 or more each".formatted(turns, parallel));
    }
  }

  /** One episode of {@code turns} turns, of which the policy sees the latest. */
  public static IntrospectionOptions of(int turns, SamplingOptions sampling, Feedback feedback) {
    return new IntrospectionOptions(
        turns, 1, HistoryWindow.latest(), sampling, feedback, Long.MAX_VALUE);
  }

  /** This, with so many episodes and turns. */
  public IntrospectionOptions withShape(int parallel, int turns) {
    return new IntrospectionOptions(turns, parallel, window, sampling, feedback, tokensPerProblem);
  }

  /** This, with another window. */
  public IntrospectionOptions withWindow(HistoryWindow window) {
    return new IntrospectionOptions(turns, parallel, window, sampling, feedback, tokensPerProblem);
  }

  /** This, with at most so many tokens per problem. */
  public IntrospectionOptions withTokensPerProblem(long tokens) {
    return new IntrospectionOptions(turns, parallel, window, sampling, feedback, tokens);
  }

  /**
   * This in every shape of {@code answers} answers, from all in parallel to all in sequence: the
   * grid of Snell et al. (arXiv 2408.03314) under one budget.
   */
  public List<IntrospectionOptions> grid(int answers) {
    List<IntrospectionOptions> shapes = new ArrayList<>();
    for (int t = 1; t <= answers; t++) {
      if (answers % t == 0) {
        shapes.add(withShape(answers / t, t));
      }
    }
    return shapes;
  }
}
