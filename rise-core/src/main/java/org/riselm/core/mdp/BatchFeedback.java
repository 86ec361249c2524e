package org.riselm.core.mdp;

import java.util.List;

/** Feedback computed for a batch of turns, as by a model. */
public interface BatchFeedback extends Feedback {
  /**
   * Returns what is said after each of {@code turns}, which were attempts at {@code problems}, one
   * each, in their order. A blank text means that there is none, and ends that episode.
   */
  List<String> after(List<Problem> problems, List<Turn> turns);

  @Override
  default String after(Problem problem, Turn turn) {
    return after(List.of(problem), List.of(turn)).get(0);
  }
}
