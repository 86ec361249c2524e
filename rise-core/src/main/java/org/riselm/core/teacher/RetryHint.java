package org.riselm.core.teacher;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pause that an endpoint's message asks for, such as "try again in 1m2s". LangChain4j keeps no
 * headers, but providers repeat {@code Retry-After} in the body.
 */
final class RetryHint {
  private static final String PART = "(\\d{1,6}(?:\\.\\d{1,3})?) ?(ms|milli|s|m|h)[a-z]*";
  private static final Pattern HINT =
      Pattern.compile("(?i)(?:retry|try again)\\D{0,20}?((?:" + PART + "[ ,]*)+)");
  private static final Pattern PARTS = Pattern.compile("(?i)" + PART);

  private RetryHint() {}

  /** Returns the pause that {@code message} asks for, if it does. */
  static Optional<Duration> in(String message) {
    Matcher hint = HINT.matcher(message);
    if (!hint.find()) {
      return Optional.empty();
    }
    double millis = 0;
    Matcher part = PARTS.matcher(hint.group(1));
    while (part.find()) {
      millis += Double.parseDouble(part.group(1)) * millisOf(part.group(2));
    }
    return Optional.of(Duration.ofMillis((long) Math.ceil(millis)));
  }

  private static long millisOf(String unit) {
    return switch (unit.charAt(0)) {
      case 'h', 'H' -> 3_600_000;
      case 's', 'S' -> 1_000;
      default -> unit.length() == 1 ? 60_000 : 1;
    };
  }
}
