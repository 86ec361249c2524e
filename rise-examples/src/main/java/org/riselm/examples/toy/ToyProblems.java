package org.riselm.examples.toy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

  private static final int MOST_DRAWS_PER_PROBLEM = 1000;

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
    SplittableRandom random = new SplittableRandom(seed);
    List<Problem> problems = new ArrayList<>(count);
    Set<String> seen = new HashSet<>();
    for (long draws = 0; problems.size() < count; draws++) {
      if (draws > (long) MOST_DRAWS_PER_PROBLEM * count) {
        throw new IllegalArgumentException(
            "%d %s problems were asked for; there are about %d"
                .formatted(count, set, problems.size()));
      }
      ToySum sum = ToySum.draw(random);
      if (sum.heldOut() != heldOut) {
        continue;
      }
      String prompt = prompt(sum, random);
      if (seen.add(prompt)) {
        String id = String.format(Locale.ROOT, "%s-%x-%d", set, seed, problems.size());
        problems.add(Problem.of(id, prompt, sum.response(sum.result())));
      }
    }
    return problems;
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
