package org.riselm.examples;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.riselm.core.evaluation.Evaluator;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.ScriptedPolicy;
import org.riselm.core.task.ProblemSet;

/** A task of one's own, whole: write a number in base two. */
public final class OwnTask {
  private OwnTask() {}

  /** Prompts, references and the verifier: all that a task is. */
  static ProblemSet problems(int from, int to) {
    List<Problem> problems = IntStream.range(from, to).mapToObj(OwnTask::problem).toList();
    return new ProblemSet("binary", problems, new BinaryVerifier());
  }

  private static Problem problem(int n) {
    return Problem.of("binary-" + n, n + " in base two?", Integer.toBinaryString(n));
  }

  /** The answer is the last word, if it is a number in base two; zeros before it do not count. */
  private static final class BinaryVerifier implements Verifier {
    @Override
    public Optional<String> answer(String response) {
      String word = response.strip().replaceAll("(?s).*\\s", "");
      return Optional.of(word.replaceFirst("^0+(?=.)", "")).filter(w -> w.matches("[01]+"));
    }

    @Override
    public boolean equivalent(String answer, String other) {
      return answer.equals(other);
    }

    @Override
    public String referenceAnswer(Problem problem) {
      return answer(problem.reference()).orElseThrow();
    }
  }

  /** Evaluates a policy that guesses first and revises when it hears that it is wrong. */
  public static void main(String[] args) {
    var policy = new ScriptedPolicy((s, r) -> s.turn() == 1 ? "1" : s.problem().reference());
    System.out.println(new Evaluator(problems(2, 34)).evaluate(policy));
  }
}
