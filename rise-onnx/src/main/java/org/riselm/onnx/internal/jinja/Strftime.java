package org.riselm.onnx.internal.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Python's {@code strftime} in the C locale: the directives that name parts of a date or time. */
final class Strftime {
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('Y', "uuuu"),
          Map.entry('y', "uu"),
          Map.entry('m', "MM"),
          Map.entry('d', "dd"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('p', "a"),
          Map.entry('B', "MMMM"),
          Map.entry('b', "MMM"),
          Map.entry('A', "EEEE"),
          Map.entry('a', "EEE"),
          Map.entry('j', "DDD"),
          Map.entry('F', "uuuu-MM-dd"),
          Map.entry('T', "HH:mm:ss"));

  private Strftime() {}

  static String format(String format, LocalDateTime time) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      char directive = ++i < format.length() ? format.charAt(i) : ' ';
      String pattern = PATTERNS.get(directive);
      if (directive == '%') {
        out.append('%');
      } else if (pattern != null) {
        out.append(DateTimeFormatter.ofPattern(pattern, Locale.US).format(time));
      } else {
        throw Failure.unsupported("strftime_now() with \"%%%s\" is not supported", directive);
      }
    }
    return out.toString();
  }
}
