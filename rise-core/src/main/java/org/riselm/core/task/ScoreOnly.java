package org.riselm.core.task;

import java.util.Optional;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.Verifier;

/** See {@link ProblemSet#scored}. */
record ScoreOnly(Reward reward) implements Verifier {
  @Override
  public Optional<String> answer(String response) {
    return Optional.empty();
  }

  @Override
  public boolean equivalent(String answer, String other) {
    return answer.equals(other);
  }

  @Override
  public double score(Problem problem, String response) {
    return reward.score(problem, response);
  }

  @Override
  public boolean correct(Problem problem, String response) {
    return Reward.isCorrect(score(problem, response));
  }

  @Override
  public boolean readsAnswers() {
    return false;
  }

  @Override
  public String description() {
    return "scored by " + reward.description();
  }
}
