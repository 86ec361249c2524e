package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.List;

/**
 * What the policy sees before a turn: the problem and the visible part of the history.
 *
 * @param problem what is asked
 * @param history the earlier turns that are visible, oldest first, each with its feedback
 * @param turn the number of the turn to come; 1 is the first
 */
public record State(Problem problem, List<Turn> history, int turn) implements Serializable {
  /** Checks the components. */
  public State {
    requireNonNull(problem, "problem");
    history = List.copyOf(history);
    if (turn <= history.size()) {
      throw new IllegalArgumentException(
          "problem %s: turn %d cannot have %d earlier turns"
              .formatted(problem.id(), turn, history.size()));
    }
    for (int i = 0; i < history.size(); i++) {
      if (history.get(i).feedback() == null) {
        throw new IllegalArgumentException(
            "problem %s: visible turn %d of %d has no feedback; without it the next turn has no prompt"
                .formatted(problem.id(), i + 1, history.size()));
      }
    }
  }

  /**
   * {@return the first state of an episode}
   *
   * @param problem the problem
   */
  public static State initial(Problem problem) {
    return new State(problem, List.of(), 1);
  }
}
