package org.riselm.core.mdp;

import java.util.List;

/**
 * Which earlier turns a state shows.
 *
 * @param size how many of the latest turns; {@link Integer#MAX_VALUE} is all of them
 */
public record HistoryWindow(int size) {
  /** Checks the components. */
  public HistoryWindow {
    if (size < 1) {
      throw new IllegalArgumentException("a history window shows " + size + " turns; at least 1");
    }
  }

  /** {@return a window that shows every earlier turn} */
  public static HistoryWindow all() {
    return new HistoryWindow(Integer.MAX_VALUE);
  }

  /**
   * {@return a window that shows the last {@code size} turns} The paper shows as many as the policy
   * was trained with.
   *
   * @param size how many turns; 1 or more
   */
  public static HistoryWindow last(int size) {
    return new HistoryWindow(size);
  }

  /** {@return a window that shows only the latest turn: a Markov state} */
  public static HistoryWindow latest() {
    return new HistoryWindow(1);
  }

  /**
   * {@return the state after {@code earlier}, which holds all earlier turns in order}
   *
   * @param problem the problem of the episode
   * @param earlier all earlier turns, in order
   */
  public State state(Problem problem, List<Turn> earlier) {
    int from = Math.max(0, earlier.size() - size);
    return new State(problem, earlier.subList(from, earlier.size()), earlier.size() + 1);
  }
}
