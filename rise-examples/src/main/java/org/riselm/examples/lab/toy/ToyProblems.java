package org.riselm.examples.lab.toy;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.riselm.core.mdp.Problem;

/**
 * Draws problems such as {@code Tom has 8 books , gets 5 , eats 2 . How many ?}, all different. The
 * reference is a whole response: the true answer, then the working. No sum that trains also tests.
 */
public final class ToyProblems {
  static final List<String> NAMES = List.of("Tom", "Ann", "Sam", "Eva", "Max", "Zoe");
  static final List<String> THINGS = List.of("apples", "pens", "books", "coins", "cards", "eggs");
  static final List<String> GAINS = List.of("buys", "finds", "gets");
  static final List<String> LOSSES = List.of("eats", "loses", "sells");

  private ToyProblems() {}

  /** {@code count} different problems to learn from; the same for the same seed. */
  public static List<Problem> train(long seed, int count) {
    return draw("train", seed, count, false);
  }

  /** {@code count} different problems to test with, whose sums are in no training set. */
  public static List<Problem> heldOut(long seed, int count) {
    return draw("held-out", seed, count, true);
  }

  private static List<Problem> draw(String set, long seed, int count, boolean heldOut) {
    return Draws.different(
        set,
        seed,
        count,
        random -> {
          ToySum sum = ToySum.draw(random);
          return sum.heldOut() == heldOut
              ? Optional.of(new Draws.Draw(prompt(sum, random), sum.response(sum.result())))
              : Optional.empty();
        });
  }

  /** {@code sum} in words. */
  static String prompt(ToySum sum, SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    text.append(pick(NAMES, random)).append(" has ").append(sum.start());
    text.append(' ').append(pick(THINGS, random));
    for (int step : sum.steps()) {
      text.append(" , ").append(pick(step < 0 ? LOSSES : GAINS, random));
      text.append(' ').append(Math.abs(step));
    }
    return text.append(" . How many ?").toString();
  }

  private static String pick(List<String> words, SplittableRandom random) {
    return words.get(random.nextInt(words.size()));
  }
}
