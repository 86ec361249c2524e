package org.riselm.core.rollout;

import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;

/** Hears every turn as it is scored. Called on the working thread; must be quick. */
@FunctionalInterface
public interface TurnListener {
  /** Hears nothing. */
  TurnListener NONE = (problem, sample, number, turn) -> {};

  /**
   * Hears of a turn that was sampled and scored.
   *
   * @param problem that was attempted
   * @param sample which of the problem's episodes, from 0
   * @param number of the turn, from 1
   * @param turn before any feedback
   */
  void turnTaken(Problem problem, int sample, int number, Turn turn);
}
