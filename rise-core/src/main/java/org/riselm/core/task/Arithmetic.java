package org.riselm.core.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.riselm.core.mdp.Problem;

/**
 * Word problems about sums and products, drawn at random with their worked solutions. For first
 * steps: no file is needed, and there are as many as one likes.
 */
public final class Arithmetic {
  private static final List<String> NAMES = List.of("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn");
  private static final List<String> THINGS = List.of("apples", "books", "coins", "pens", "shells");
  private static final int DRAWS_PER_PROBLEM = 100;

  private Arithmetic() {}

  /**
   * {@return {@code count} problems with different prompts; the same for the same seed}
   *
   * @param seed decides every random choice
   * @param count how many; 1 or more
   * @param steps how many operations each takes, 1 to 6
   * @throws IllegalArgumentException if there are not so many
   */
  public static ProblemSet generate(long seed, int count, int steps) {
    if (steps < 1 || steps > 6) {
      throw new IllegalArgumentException(steps + " steps were asked for; 1 to 6");
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<Problem> problems = new ArrayList<>(count);
    Set<String> seen = new HashSet<>();
    for (long draw = 0; problems.size() < count; draw++) {
      if (draw > (long) DRAWS_PER_PROBLEM * count) {
        throw new IllegalArgumentException(
            "%d problems of %d steps were asked for; there are about %d"
                .formatted(count, steps, problems.size()));
      }
      Problem problem = problem("arithmetic-%x-%d".formatted(seed, problems.size()), random, steps);
      if (seen.add(problem.prompt())) {
        problems.add(problem);
      }
    }
    return new ProblemSet("arithmetic", problems, new Gsm8kVerifier());
  }

  private static Problem problem(String id, SplittableRandom random, int steps) {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    String things = THINGS.get(random.nextInt(THINGS.size()));
    long value = 2L + random.nextInt(48);
    StringBuilder story = new StringBuilder("%s has %d %s.".formatted(name, value, things));
    StringBuilder working = new StringBuilder();
    for (int step = 0; step < steps; step++) {
      long amount = 2L + random.nextInt(18);
      long before = value;
      char sign = '+';
      switch (random.nextInt(3)) {
        case 0 -> {
          value += amount;
          story.append(" Then %s finds %d more.".formatted(name, amount));
        }
        case 1 -> {
          long lost = Math.min(amount, value);
          amount = lost;
          value -= lost;
          sign = '-';
          story.append(" Then %s gives %d away.".formatted(name, lost));
        }
        default -> {
          amount = 2L + random.nextInt(3);
          value *= amount;
          sign = '*';
          story.append(" Then a friend makes it %d times as many.".formatted(amount));
        }
      }
      working.append("%d %c %d = %d\n".formatted(before, sign, amount, value));
    }
    story.append(" How many ").append(things).append(" does ").append(name).append(" have now?");
    return Problem.of(id, story.toString(), working + "#### " + value);
  }
}
