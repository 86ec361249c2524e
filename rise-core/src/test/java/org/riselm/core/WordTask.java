package org.riselm.core;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.task.ProblemSet;

/**
 * A task of four words in which only a second look can help: at turn 1 the policy sees nothing of
 * the problem, later it sees the problem's kind and its own last word. The kind decides the word.
 */
public final class WordTask {
  /** All that can be said. */
  public static final List<String> WORDS = List.of("red", "green", "blue", "grey");

  private WordTask() {}

  /** Whether a word is the reference. */
  public static final Verifier VERIFIER =
      new Verifier() {
        @Override
        public Optional<String> answer(String response) {
          return WORDS.contains(response) ? Optional.of(response) : Optional.empty();
        }

        @Override
        public boolean equivalent(String answer, String other) {
          return answer.equals(other);
        }

        @Override
        public String referenceAnswer(Problem problem) {
          return problem.reference();
        }
      };

  /** {@code count} problems, as many of each kind. */
  public static ProblemSet problems(String name, int count) {
    return new ProblemSet(
        name,
        IntStream.range(0, count)
            .mapToObj(i -> problem(name, i, WORDS.get(i % WORDS.size())))
            .toList(),
        VERIFIER);
  }

  /** The same problems, with references that have nothing to do with their kinds. */
  public static ProblemSet shuffledProblems(String name, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new ProblemSet(
        name,
        IntStream.range(0, count)
            .mapToObj(i -> problem(name, i, WORDS.get(random.nextInt(WORDS.size()))))
            .toList(),
        VERIFIER);
  }

  private static Problem problem(String name, int i, String reference) {
    return Problem.of(
        name + "-" + i, "kind " + i % WORDS.size() + ", " + name + " " + i, reference);
  }

  /** A policy that knows nothing: every word is as likely at every turn. */
  public static TablePolicy policy() {
    return new TablePolicy(WORDS, WordTask::key);
  }

  private static String key(State state) {
    if (state.history().isEmpty()) {
      return "first turn";
    }
    String kind = state.problem().prompt().substring(0, "kind 0".length());
    return kind + ", said " + state.history().get(state.history().size() - 1).response().text();
  }
}
