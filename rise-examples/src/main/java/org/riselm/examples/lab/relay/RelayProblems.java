package org.riselm.examples.lab.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.riselm.core.mdp.Problem;
import org.riselm.examples.lab.toy.Draws;

/**
 * Draws problems such as {@code Tom has 8 . Mon + 5 Tue - 2 Wed + 1 Thu - 3 . How many ?}, all
 * different. No numbers that train also test. The reference is a first answer that knows the
 * result, as nobody can who has only three days.
 */
public final class RelayProblems {
  static final List<String> NAMES = List.of("Tom", "Ann", "Sam", "Eva", "Max", "Zoe");

  private RelayProblems() {}

  /** {@code count} different problems to learn from; the same for the same seed. */
  public static List<Problem> train(long seed, int count) {
    return draw("train", seed, count, false);
  }

  /** {@code count} different problems to test with, whose numbers are in no training set. */
  public static List<Problem> heldOut(long seed, int count) {
    return draw("held-out", seed, count, true);
  }

  private static List<Problem> draw(String set, long seed, int count, boolean heldOut) {
    return Draws.different(
        set,
        seed,
        count,
        random -> {
          Ledger ledger = Ledger.draw(random);
          String prompt = prompt(ledger, random);
          return ledger.heldOut() == heldOut
              ? Optional.of(new Draws.Draw(prompt, reference(ledger)))
              : Optional.empty();
        });
  }

  static Problem problem(String id, String prompt, Ledger ledger) {
    return Problem.of(id, prompt, reference(ledger));
  }

  private static String reference(Ledger ledger) {
    return Work.none(ledger).carryOn(ledger).response(ledger, ledger.result());
  }

  /** {@code ledger} in words. */
  static String prompt(Ledger ledger, SplittableRandom random) {
    StringBuilder text = new StringBuilder(NAMES.get(random.nextInt(NAMES.size())));
    text.append(" has ").append(ledger.start()).append(" .");
    for (int day = 0; day < ledger.days(); day++) {
      int change = ledger.changes().get(day);
      text.append(' ').append(Ledger.DAYS.get(day)).append(change < 0 ? " - " : " + ");
      text.append(Math.abs(change));
    }
    return text.append(" . How many ?").toString();
  }

  /** The numbers of a prompt that {@link #prompt} wrote. */
  static Ledger ledger(String prompt) {
    List<String> words = List.of(prompt.split(" ", -1));
    List<Integer> changes = new ArrayList<>();
    for (int i = 4; !words.get(i).equals("."); i += 3) {
      int size = Integer.parseInt(words.get(i + 2));
      changes.add(words.get(i + 1).equals("-") ? -size : size);
    }
    return new Ledger(Integer.parseInt(words.get(2)), changes);
  }
}
