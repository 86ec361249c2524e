package org.riselm.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.task.math.AnswerEquivalence;
import org.riselm.core.task.math.AnswerExtraction;

/**
 * Countdown: make a target from some numbers, each used at most once, with + − * / and brackets.
 * Every expression that does so is right, whatever the reference is.
 */
public final class Countdown {
  private static final int MAX_NUMBER = 25;

  private Countdown() {}

  /**
   * {@return {@code count} problems of {@code numbers} numbers each, all solvable; the same for the
   * same seed}
   *
   * @param seed decides every random choice
   * @param count how many; 1 or more
   * @param numbers how many per problem, 2 to 8
   */
  public static ProblemSet generate(long seed, int count, int numbers) {
    if (numbers < 2 || numbers > 8) {
      throw new IllegalArgumentException(numbers + " numbers were asked for; 2 to 8");
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<Problem> problems = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      problems.add(problem("countdown-%x-%d".formatted(seed, i), random, numbers));
    }
    return new ProblemSet("countdown", problems, new CountdownVerifier());
  }

  private static Problem problem(String id, SplittableRandom random, int numbers) {
    List<String> drawn = new ArrayList<>();
    long value = 1L + random.nextInt(MAX_NUMBER);
    String expression = String.valueOf(value);
    drawn.add(expression);
    while (drawn.size() < numbers) {
      int next = 1 + random.nextInt(MAX_NUMBER);
      drawn.add(String.valueOf(next));
      switch (random.nextInt(3)) {
        case 0 -> {
          value += next;
          expression = "(%s + %d)".formatted(expression, next);
        }
        case 1 -> {
          value -= next;
          expression = "(%s - %d)".formatted(expression, next);
        }
        default -> {
          value *= next;
          expression = "%s * %d".formatted(expression, next);
        }
      }
    }
    String list = String.join(" ", drawn);
    return new Problem(
        id,
        "Use the numbers %s, each at most once, with + - * / and brackets, to make %d. End with #### and the expression."
            .formatted(list, value),
        "#### " + expression,
        Map.of("numbers", list, "target", String.valueOf(value)));
  }

  /** Reads an expression and works it out exactly. */
  private static final class CountdownVerifier implements Verifier {
    private static final Pattern EXPRESSION = Pattern.compile("[0-9+*/() -]{1,200}+");
    private static final Pattern SIDE_BY_SIDE =
        Pattern.compile("[0-9)]\\s+[0-9]|[0-9)]\\s*\\(|\\)\\s*[0-9]|\\*\\*");
    private static final Pattern NOT_DIGITS = Pattern.compile("[^0-9]+");

    private final AnswerEquivalence equivalence = AnswerEquivalence.ofDefaults();

    @Override
    public Optional<String> answer(String response) {
      return AnswerExtraction.of(response)
          .map(
              text ->
                  text.replace("\\times", "*")
                      .replace("\\cdot", "*")
                      .replace("\\div", "/")
                      .replace('×', '*')
                      .replace('÷', '/')
                      .replace('−', '-'))
          .map(text -> text.indexOf('=') < 0 ? text : text.substring(0, text.indexOf('=')))
          .map(String::strip)
          .filter(text -> EXPRESSION.matcher(text).matches() && !SIDE_BY_SIDE.matcher(text).find());
    }

    /** Whether two expressions have the same value: a vote counts by it. */
    @Override
    public boolean equivalent(String answer, String other) {
      Optional<String> value = equivalence.number(answer);
      return answer.equals(other) || (value.isPresent() && value.equals(equivalence.number(other)));
    }

    @Override
    public String referenceAnswer(Problem problem) {
      return answer(problem.reference())
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "problem %s: its reference \"%s\" holds no expression; expected \"#### <expression>\""
                          .formatted(problem.id(), problem.reference())));
    }

    @Override
    public boolean correct(Problem problem, String response) {
      Optional<String> answer = answer(response);
      return answer.isPresent()
          && equivalence.number(answer.get()).equals(Optional.of(metadata(problem, "target")))
          && usesOnly(answer.get(), metadata(problem, "numbers"));
    }

    private static boolean usesOnly(String expression, String numbers) {
      List<String> left = new ArrayList<>(List.of(numbers.split(" ", -1)));
      return NOT_DIGITS
          .splitAsStream(expression)
          .filter(number -> !number.isEmpty())
          .allMatch(left::remove);
    }

    private static String metadata(Problem problem, String key) {
      String value = problem.metadata().get(key);
      if (value == null) {
        throw new IllegalArgumentException(
            "problem %s has no metadata \"%s\"; Countdown needs \"numbers\" and \"target\""
                .formatted(problem.id(), key));
      }
      return value;
    }
  }
}
