package org.riselm.core.mdp;

import java.util.List;

/** Feedback that is had for many turns at once, as from a model. */
public interface BatchFeedback extends Feedback {
  /**
   * What is said after each of {@code turns}, which were attempts at {@code problems}, one each; in
   * their order, blank where it cannot be had, which ends that episode.
   */
  List<String> after(List<Problem> problems, List<Turn> turns);

  @Override
  default String after(Problem problem, Turn turn) {
    return after(List.of(problem), List.of(turn)).get(0);
  }
}
