package org.riselm.core.mdp;

/**
 * Scores a response to a problem.
 *
 * <p>Implementations are called from one thread at a time per trainer and must not depend on call
 * order. One that throws does not stop a run: the turn is recorded with reward 0 and the message.
 */
@FunctionalInterface
public interface Reward extends Described {
  /** The reward of a right answer (RISE, section 4.1: a sparse binary reward). */
  double CORRECT = 1.0;

  /** The score of {@code response}: {@link #CORRECT} or more if right, less if not; finite. */
  double score(Problem problem, String response);

  /** Whether {@code reward} is that of a right answer. */
  static boolean isCorrect(double reward) {
    return reward >= CORRECT;
  }
}
