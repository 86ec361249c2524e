package org.riselm.examples.lab.real;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A story of things that somebody gets and gives away.
 *
 * @param name whose things
 * @param things what they are called
 * @param start how many there are at first
 * @param steps what comes, negative if it goes
 * @param form where a response has its answer
 */
record Sums(String name, String things, int start, List<Integer> steps, Form form) {
  private static final List<String> NAMES = List.of("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn");
  private static final List<String> THINGS = List.of("apples", "books", "coins", "pens", "shells");

  /** Where a response has its answer. */
  enum Form {
    /** First, from the head; the working after it shows whether it is right. */
    QUICK("answered before they are worked out"),
    /** At the end, where the working leads. */
    WORKED("worked out before they are answered");

    private final String what;

    Form(String what) {
      this.what = what;
    }

    String what() {
      return what;
    }
  }

  Sums {
    steps = List.copyOf(steps);
  }

  /** Draws a story of {@code count} steps. */
  static Sums draw(int count, Form form, SplittableRandom random) {
    int start = random.nextInt(3, 21);
    List<Integer> steps = new ArrayList<>();
    int total = start;
    for (int i = 0; i < count; i++) {
      int amount = random.nextInt(2, 10);
      int step = amount < total && random.nextBoolean() ? -amount : amount;
      steps.add(step);
      total += step;
    }
    return new Sums(pick(NAMES, random), pick(THINGS, random), start, steps, form);
  }

  private static String pick(List<String> words, SplittableRandom random) {
    return words.get(random.nextInt(words.size()));
  }

  /** The sum without its words. */
  String numbers() {
    return start + " " + steps;
  }

  private int total() {
    return start + steps.stream().mapToInt(Integer::intValue).sum();
  }

  String prompt() {
    StringBuilder text = new StringBuilder("%s has %d %s.".formatted(name, start, things));
    for (int step : steps) {
      String what = step < 0 ? " Then %s gives away %d." : " Then %s gets %d more.";
      text.append(what.formatted(name, Math.abs(step)));
    }
    return text + " How many %s does %s have now?".formatted(things, name);
  }

  String solution() {
    return response(total());
  }

  private String response(int answer) {
    StringBuilder working = new StringBuilder();
    int total = start;
    for (int step : steps) {
      working.append("%d %s %d = ".formatted(total, step < 0 ? "-" : "+", Math.abs(step)));
      total += step;
      working.append(total).append(". ");
    }
    String worked = working.toString().strip();
    return switch (form) {
      case QUICK -> "#### %d\n%s".formatted(answer, worked);
      case WORKED -> "%s\n#### %d".formatted(worked, answer);
    };
  }

  /** A response whose answer is correct with a probability of {@code p}; its working always is. */
  String attempt(double p, SplittableRandom random) {
    if (form == Form.WORKED || random.nextDouble() < p) {
      return solution();
    }
    int off = random.nextInt(1, 4);
    return response(Math.max(0, total() + (random.nextBoolean() ? off : -off)));
  }
}
