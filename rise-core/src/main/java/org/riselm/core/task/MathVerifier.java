package org.riselm.core.task;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.task.math.AnswerEquivalence;
import org.riselm.core.task.math.AnswerExtraction;

/**
 * Reads answers as {@link AnswerExtraction} finds them and compares them by {@link
 * AnswerEquivalence}. A reference is a bare answer, or a solution that marks its answer with {@code
 * \boxed{…}} or {@code ####}. What cannot be compared is wrong.
 */
public final class MathVerifier implements Verifier {
  private static final int LONGEST_BARE_REFERENCE = 300;

  private final AnswerEquivalence equivalence;

  /** A verifier with the usual deadline per check. */
  public MathVerifier() {
    this(AnswerEquivalence.ofDefaults());
  }

  /**
   * A verifier that compares with {@code equivalence}.
   *
   * @param equivalence decides whether two answers mean the same
   */
  public MathVerifier(AnswerEquivalence equivalence) {
    this.equivalence = requireNonNull(equivalence, "equivalence");
  }

  @Override
  public Optional<String> answer(String response) {
    return AnswerExtraction.of(response);
  }

  @Override
  public boolean equivalent(String answer, String other) {
    return equivalence.compare(answer, other) == AnswerEquivalence.Verdict.EQUAL;
  }

  @Override
  public String referenceAnswer(Problem problem) {
    return read(problem.reference())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "problem %s: its reference \"%s\" holds no answer; expected a bare answer, or a solution with \\boxed{…} or ####"
                        .formatted(problem.id(), problem.reference())));
  }

  /** The answer in a reference; empty if there is none. */
  static Optional<String> read(String reference) {
    String bare = reference.strip();
    return AnswerExtraction.marked(reference)
        .or(
            () ->
                bare.length() <= LONGEST_BARE_REFERENCE && bare.indexOf('\n') < 0
                    ? Optional.of(bare)
                    : Optional.empty())
        .filter(answer -> !answer.isBlank());
  }
}
