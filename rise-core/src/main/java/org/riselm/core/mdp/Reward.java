package org.riselm.core.mdp;

/**
 * Scores a response to a problem.
 *
 * <p>Implementations are called from one thread at a time per trainer and must not depend on call
 * order. One that throws does not stop a run: the turn is recorded with reward 0 and the message.
 */
@FunctionalInterface
public interface Reward extends Described {
  /** The reward of a correct response (RISE, section 4.1: a sparse binary reward). */
  double CORRECT = 1.0;

  /**
   * {@return the score of {@code response}: {@link #CORRECT} or more if it is correct, less if not;
   * finite}
   *
   * @param problem the problem
   * @param response the text that a policy gave
   */
  double score(Problem problem, String response);

  /**
   * {@return whether {@code reward} is that of a correct response}
   *
   * @param reward the reward of a response
   */
  static boolean isCorrect(double reward) {
    return reward >= CORRECT;
  }
}
