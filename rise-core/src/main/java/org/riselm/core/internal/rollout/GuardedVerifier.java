package org.riselm.core.internal.rollout;

import java.util.Optional;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;

/** See {@link Deadline#around(Verifier)}. */
record GuardedVerifier(Verifier verifier, Deadline deadline) implements Verifier {
  @Override
  public Optional<String> answer(String response) {
    return deadline.call(() -> verifier.answer(response));
  }

  @Override
  public boolean equivalent(String answer, String other) {
    return deadline.call(() -> verifier.equivalent(answer, other));
  }

  @Override
  public String referenceAnswer(Problem problem) {
    return deadline.call(() -> verifier.referenceAnswer(problem));
  }

  @Override
  public boolean correct(Problem problem, String response) {
    return deadline.call(() -> verifier.correct(problem, response));
  }

  @Override
  public double score(Problem problem, String response) {
    return deadline.call(() -> verifier.score(problem, response));
  }

  @Override
  public String description() {
    return verifier.description();
  }

  @Override
  public boolean readsAnswers() {
    return verifier.readsAnswers();
  }
}
