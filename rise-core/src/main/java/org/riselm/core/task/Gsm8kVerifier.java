package org.riselm.core.task;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.task.math.AnswerEquivalence;
import org.riselm.core.task.math.AnswerExtraction;

/**
 * Reads the one number in what {@link AnswerExtraction} finds, and compares exactly: {@code ####
 * 1,234}, {@code #### $18}, {@code \boxed{18.00}}, {@code The answer is 18 eggs.}
 *
 * <p>Thousands separators, units, currency and percent signs do not count; a fraction or a sum is
 * what it comes to. No answer equals nothing.
 */
public final class Gsm8kVerifier implements Verifier {
  // The number in words that are no formula.
  private static final Pattern NUMBER =
      Pattern.compile("-?(?<!\\d-)(?:\\d{1,3}(?:,\\d{3})++|\\d++)(?:\\.\\d++)?|-?\\.\\d++");
  private static final Pattern CALCULATOR_NOTE = Pattern.compile("<<[^<>]*+>>");
  private static final Pattern DIGIT = Pattern.compile("\\d");
  private static final int LONGEST = 300;

  private final AnswerEquivalence equivalence = AnswerEquivalence.ofDefaults();

  /** A verifier; it has no settings. */
  public Gsm8kVerifier() {}

  /** The number, as a plain decimal without trailing zeros, or as a fraction if it has no end. */
  @Override
  public Optional<String> answer(String response) {
    return AnswerExtraction.of(withoutNotes(response)).flatMap(this::number);
  }

  /** {@code solution} without the calculator's {@code <<…>>}. */
  static String withoutNotes(String solution) {
    return CALCULATOR_NOTE.matcher(solution).replaceAll("");
  }

  private Optional<String> number(String answer) {
    return equivalence.number(answer).or(() -> onlyNumber(answer));
  }

  private static Optional<String> onlyNumber(String answer) {
    String text = answer.replace('−', '-').replace("{,}", ",").replace("\\,", "");
    Matcher number = NUMBER.matcher(text);
    if (text.length() > LONGEST || !number.find()) {
      return Optional.empty();
    }
    String rest = text.substring(0, number.start()) + " " + text.substring(number.end());
    if (DIGIT.matcher(rest).find()) {
      return Optional.empty();
    }
    BigDecimal value = new BigDecimal(number.group().replace(",", ""));
    return Optional.of(value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString());
  }

  @Override
  public boolean equivalent(String answer, String other) {
    return answer.equals(other);
  }

  @Override
  public String referenceAnswer(Problem problem) {
    return answer(problem.reference())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "problem %s: its reference \"%s\" holds no answer; expected \"#### <number>\""
                        .formatted(problem.id(), problem.reference())));
  }
}
