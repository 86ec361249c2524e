package org.riselm.core.task;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;

/**
 * Reads the number after the last {@code ####} or in the last {@code \boxed{…}}, and compares
 * exactly, as decimals: {@code #### 1,234}, {@code #### $18}, {@code \boxed{18.00}}.
 *
 * <p>Thousands separators, dollar and percent signs and trailing zeros do not count. A number
 * without either mark is no answer; nor is a fraction. No answer equals nothing.
 */
public final class Gsm8kVerifier implements Verifier {
  // "{,}" is TeX's thousands separator; a number that goes on as a fraction, time or power is none.
  private static final String NUMBER =
      "([-+]?)\\s*(?:\\\\?\\$)?\\s*([-+]?)"
          + "((?>\\d{1,3}(?:(?:,|\\{,\\}|\\\\,)\\d{3})+(?!\\d)(?:\\.\\d+)?|\\d+(?:\\.\\d+)?|\\.\\d+))(?!,\\d|["
          + " \\t]*[/:^])";

  private static final Pattern ANSWER =
      Pattern.compile("(?:####|\\\\boxed\\s*\\{(?:\\\\text\\s*\\{)?)[\\s*]*" + NUMBER);

  /** A verifier; it has no settings. */
  public Gsm8kVerifier() {}

  @Override
  public Optional<String> answer(String response) {
    return read(response);
  }

  /** The answer in {@code response}, as a plain decimal without trailing zeros. */
  static Optional<String> read(String response) {
    Optional<String> last = Optional.empty();
    Matcher matcher = ANSWER.matcher(response);
    while (matcher.find()) {
      boolean negative = "-".equals(matcher.group(1)) ^ "-".equals(matcher.group(2));
      BigDecimal value = new BigDecimal(matcher.group(3).replaceAll("[^0-9.]", ""));
      last = Optional.of(plain(negative ? value.negate() : value));
    }
    return last;
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  @Override
  public boolean equivalent(String answer, String other) {
    return answer.equals(other);
  }

  @Override
  public String referenceAnswer(Problem problem) {
    return read(problem.reference())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "problem %s: its reference \"%s\" holds no answer; expected \"#### <number>\""
                        .formatted(problem.id(), problem.reference())));
  }
}
