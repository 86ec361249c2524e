package org.riselm.core.rollout;

import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Turn;

/** Hears every turn as it comes. Called on the working thread; must be quick. */
@FunctionalInterface
public interface TurnListener {
  /** Hears nothing. */
  TurnListener NONE = (problem, sample, number, turn) -> {};

  /**
   * A turn was answered and scored.
   *
   * @param problem that was attempted
   * @param sample which of the problem's episodes, from 0
   * @param number of the turn, from 1
   * @param turn before any feedback
   */
  void answered(Problem problem, int sample, int number, Turn turn);
}
