package org.riselm.core.mdp;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * A reward that reads an answer from a response and decides whether it equals the reference answer.
 * Majority votes use the same answers and the same equality, so a vote and a reward cannot differ.
 */
public interface Verifier extends Reward {
  /**
   * Reads the final answer in {@code response}; empty if none can be read.
   *
   * @param response the whole response
   * @return the answer, or nothing
   */
  Optional<String> answer(String response);

  /**
   * Decides whether two answers, as {@link #answer} returns them, mean the same. Reflexive and
   * symmetric.
   *
   * @param answer as {@link #answer} returns it
   * @param other another
   * @return whether they do
   */
  boolean equivalent(String answer, String other);

  /**
   * {@return the reference answer of {@code problem}, in the form of {@link #answer}} By default it
   * is read from the problem's reference as from a response.
   *
   * @param problem the problem
   * @throws IllegalArgumentException if the problem's reference holds no answer
   */
  default String referenceAnswer(Problem problem) {
    return answer(problem.reference())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "problem %s: no answer can be read from its reference \"%s\""
                        .formatted(problem.id(), problem.reference())));
  }

  /**
   * {@return whether {@code response} holds an answer that equals the reference}
   *
   * @param problem the problem
   * @param response the text that a policy gave
   */
  default boolean correct(Problem problem, String response) {
    return answer(response).filter(a -> equivalent(a, referenceAnswer(problem))).isPresent();
  }

  /** Returns {@link Reward#CORRECT} or 0. */
  @Override
  default double score(Problem problem, String response) {
    return correct(problem, response) ? CORRECT : 0;
  }

  /** {@return whether responses have answers at all, which votes can count; true by default} */
  default boolean readsAnswers() {
    return true;
  }

  /**
   * {@return a verifier of two functions}
   *
   * @param answer reads the answer in a response, or in a problem's reference
   * @param equivalent decides whether two answers mean the same; reflexive and symmetric
   */
  static Verifier of(
      Function<String, Optional<String>> answer, BiPredicate<String, String> equivalent) {
    return new FunctionVerifier(
        requireNonNull(answer, "answer"), requireNonNull(equivalent, "equivalent"));
  }
}
