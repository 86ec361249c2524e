package org.riselm.examples.lab.toy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;

/**
 * What the base model learns from: an imitation of imperfect transcripts, in which the quick answer
 * is often wrong, the working never, and a second try is no better than a first.
 *
 * <p>Seven in ten are single answers; three in ten are chats of two turns, of which only the second
 * answer is learned. The chats teach the format of a second turn and no way to improve: without
 * them the base would not know what to do there, and RISE would get the credit for the format.
 */
public final class ToyCorpus {
  private static final double SINGLE_TURN = 0.7;
  private static final double SINGLE_TURN_RIGHT = 0.85;
  private static final double FIRST_RIGHT = 0.4;
  private static final double SECOND_REPEATS_FIRST = 0.6;
  private static final double SECOND_RIGHT = 0.4;

  private ToyCorpus() {}

  /** {@code count} examples of weight 1; the same for the same seed. */
  public static List<Example> examples(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>(count);
    while (examples.size() < count) {
      ToySum sum = ToySum.draw(random);
      if (!sum.heldOut()) {
        String id = String.format(Locale.ROOT, "corpus-%x-%d", seed, examples.size());
        examples.add(example(id, sum, random));
      }
    }
    return examples;
  }

  private static Example example(String id, ToySum sum, SplittableRandom random) {
    Problem problem = Problem.of(id, ToyProblems.prompt(sum, random), sum.response(sum.result()));
    if (random.nextDouble() < SINGLE_TURN) {
      String response = attempt(sum, SINGLE_TURN_RIGHT, random);
      return new Example(State.initial(problem), Response.ofText(response), 1);
    }
    String first = attempt(sum, FIRST_RIGHT, random);
    String second =
        random.nextDouble() < SECOND_REPEATS_FIRST ? first : attempt(sum, SECOND_RIGHT, random);
    double reward = first.equals(problem.reference()) ? Reward.CORRECT : 0;
    Turn turn = Turn.of(Response.ofText(first), reward).withFeedback(ToyTask.FEEDBACK);
    State state = HistoryWindow.latest().state(problem, List.of(turn));
    return new Example(state, Response.ofText(second), 1);
  }

  private static String attempt(ToySum sum, double right, SplittableRandom random) {
    return sum.response(random.nextDouble() < right ? sum.result() : sum.miss(random));
  }
}
