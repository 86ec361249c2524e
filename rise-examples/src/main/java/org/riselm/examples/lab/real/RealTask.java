package org.riselm.examples.lab.real;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.SplittableRandom;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.task.ProblemSet;

/**
 * What a chat model is to learn: problems, others to test with, and transcripts that show it the
 * form of a response and of a second one.
 */
abstract class RealTask {
  /** Said after every attempt, correct or not. */
  static final String FEEDBACK = "Check your work and try again.";

  private static final double SINGLE_TURNS = 0.7;
  private static final double UNCHANGED = 0.6;
  private static final double CORRECT = 0.4;

  /** The task's name in reports. */
  abstract String name();

  /** The longest response, in tokens, with some room. */
  abstract int maxNewTokens();

  /** {@code count} problems to learn from; the same for the same seed. */
  abstract ProblemSet train(long seed, int count);

  /** {@code count} problems to test with, which are in no training set. */
  abstract ProblemSet heldOut(long seed, int count);

  /** Problems for transcripts, with a beginner's attempts. */
  abstract List<Attempted> attempted(long seed, int count);

  /** A problem and how a beginner attempts it: a true solution, or one with a slip. */
  interface Attempted {
    /** What is asked. */
    Problem problem();

    /** An attempt; correct with a probability of {@code p}. */
    String attempt(double p, SplittableRandom random);
  }

  /**
   * {@code count} transcripts, seven in ten of one turn, with the solution. In the others a
   * beginner is told to check the work, and the second turn is no better than the first: it is the
   * same again, or another attempt. They teach what a second turn looks like, and no way to
   * improve.
   */
  final List<Example> transcripts(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    return attempted(seed, count).stream().map(a -> transcript(a, random)).toList();
  }

  private Example transcript(Attempted attempted, SplittableRandom random) {
    Problem problem = attempted.problem();
    if (random.nextDouble() < SINGLE_TURNS) {
      return new Example(State.initial(problem), Response.ofText(problem.reference()), 1);
    }
    String first = attempted.attempt(CORRECT, random);
    String second = random.nextDouble() < UNCHANGED ? first : attempted.attempt(CORRECT, random);
    Turn turn = Turn.of(Response.ofText(first), 0).withFeedback(FEEDBACK);
    State state = HistoryWindow.latest().state(problem, List.of(turn));
    return new Example(state, Response.ofText(second), 1);
  }

  @Override
  public final String toString() {
    return requireNonNull(name());
  }
}
