package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A problem and its turns in order: the trace of one rollout.
 *
 * @param problem what was asked
 * @param sample which of the problem's episodes this is, from 0
 * @param turns the attempts; at least one
 * @param endReason why there are no more
 */
public record Episode(Problem problem, int sample, List<Turn> turns, EndReason endReason) {
  /** Why an episode has no further turn. */
  public enum EndReason {
    /** The last turn was correct and the rollout stops there. */
    CORRECT,
    /** The turn limit was reached. */
    TURN_LIMIT,
    /** Another response might have exceeded the tokens that the problem was allowed. */
    TOKEN_BUDGET,
    /**
     * The next state no longer fits the policy's context, or there was no response or no feedback.
     */
    TRUNCATED
  }

  /** Checks the components. */
  public Episode {
    requireNonNull(problem, "problem");
    requireNonNull(endReason, "ended");
    turns = List.copyOf(turns);
    if (turns.isEmpty()) {
      throw new IllegalArgumentException("problem " + problem.id() + ": an episode has no turn");
    }
    if (sample < 0) {
      throw new IllegalArgumentException(
          "problem " + problem.id() + ": sample " + sample + " is negative");
    }
  }

  /**
   * {@return the state before turn {@code turn} (1 is the first), as {@code window} shows it}
   *
   * @param turn the turn, from 1
   * @param window which earlier turns the state shows
   * @throws IndexOutOfBoundsException if {@code turn} is not in 1..turns
   */
  public State stateBefore(int turn, HistoryWindow window) {
    return window.state(problem, turns.subList(0, turn - 1));
  }

  /** {@return whether any turn was correct} */
  public boolean anyCorrect() {
    return turns.stream().anyMatch(Turn::correct);
  }
}
