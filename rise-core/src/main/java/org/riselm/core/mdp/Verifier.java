package org.riselm.core.mdp;

import java.util.Optional;

/**
 * A reward that reads an answer out of a response and decides equality with the reference answer.
 * Majority votes use the same answers and the same equality, so a vote and a reward cannot differ.
 */
public interface Verifier extends Reward {
  /** The final answer in {@code response}; empty if none can be read. */
  Optional<String> answer(String response);

  /** Whether two answers, as {@link #answer} returns them, mean the same. Reflexive, symmetric. */
  boolean equivalent(String answer, String other);

  /**
   * The reference answer of {@code problem}, in the form of {@link #answer}.
   *
   * @throws IllegalArgumentException if the problem's reference holds no answer
   */
  String referenceAnswer(Problem problem);

  /** Whether {@code response} holds an answer that equals the reference. */
  default boolean correct(Problem problem, String response) {
    return answer(response).filter(a -> equivalent(a, referenceAnswer(problem))).isPresent();
  }

  /** {@link Reward#CORRECT} or 0. */
  @Override
  default double score(Problem problem, String response) {
    return correct(problem, response) ? CORRECT : 0;
  }
}
