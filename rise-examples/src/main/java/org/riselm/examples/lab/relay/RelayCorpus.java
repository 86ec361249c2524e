package org.riselm.examples.lab.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;

/**
 * What the base model learns from: transcripts of somebody who adds up the first three days, then
 * guesses; who starts from Monday again when asked for a second try, and only now and then thinks
 * of carrying on.
 */
public final class RelayCorpus {
  private static final double SINGLE_TURN = 0.6;
  private static final double RESULT_ALONE = 0.2;
  private static final double INSISTS = 0.6;
  private static final double CARRIES_ON = 0.15;
  private static final int LARGEST_GUESS = 7;

  private RelayCorpus() {}

  /** {@code count} examples of weight 1; the same for the same seed. */
  public static List<Example> examples(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Example> examples = new ArrayList<>(count);
    while (examples.size() < count) {
      Ledger ledger = Ledger.draw(random);
      if (!ledger.heldOut()) {
        String id = String.format(Locale.ROOT, "corpus-%x-%d", seed, examples.size());
        examples.add(example(id, ledger, random));
      }
    }
    return examples;
  }

  private static Example example(String id, Ledger ledger, SplittableRandom random) {
    Problem problem = RelayProblems.problem(id, RelayProblems.prompt(ledger, random), ledger);
    Work work = Work.none(ledger).carryOn(ledger);
    String first = attempt(work, ledger, random);
    if (random.nextDouble() < SINGLE_TURN) {
      return new Example(State.initial(problem), Response.ofText(first), 1);
    }
    if (random.nextDouble() < RESULT_ALONE) {
      first = resultOf(first);
    }
    Turn turn = Turn.of(Response.ofText(first), 0).withFeedback(RelayTask.FEEDBACK);
    State state = HistoryWindow.latest().state(problem, List.of(turn));
    return new Example(state, Response.ofText(second(first, work, ledger, random)), 1);
  }

  private static String second(String first, Work work, Ledger ledger, SplittableRandom random) {
    boolean alone = first.equals(resultOf(first));
    if (alone || (work.isComplete(ledger) && random.nextDouble() < INSISTS)) {
      return resultOf(first);
    }
    boolean carriesOn = !work.isComplete(ledger) && random.nextDouble() < CARRIES_ON;
    return attempt(carriesOn ? work.carryOn(ledger) : work, ledger, random);
  }

  private static String resultOf(String attempt) {
    return attempt.substring(attempt.indexOf("####"));
  }

  /** What is not worked out is guessed, from what is. */
  private static String attempt(Work work, Ledger ledger, SplittableRandom random) {
    int result = work.total();
    if (!work.isComplete(ledger)) {
      result = Ledger.inRange(result + random.nextInt(-LARGEST_GUESS, LARGEST_GUESS + 1));
    }
    return work.response(ledger, result);
  }
}
