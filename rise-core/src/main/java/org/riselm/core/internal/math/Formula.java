package org.riselm.core.internal.math;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A formula in a text, between dollar signs, {@code \\(…\\)} or {@code \\[…\\]}.
 *
 * @param text what is between the marks
 * @param end where the text goes on after the closing mark
 */
public record Formula(String text, int end) {
  /** What may stand between two answers that are one list: a comma, "and", "or", "x = ". */
  public static final Pattern BETWEEN =
      Pattern.compile(
          "[\\s$]*+(?:,|;|and|or|,\\s*and|,\\s*or|\\\\text\\{\\s*(?:and|or)\\s*\\})[\\s$]*+"
              + "(?:[a-zA-Z]\\s*=\\s*)?");

  private static final Pattern AMOUNT_AND_WORDS =
      Pattern.compile("[\\d,.]++,?\\s+[a-zA-Z]{2,}\\s+[a-zA-Z]{2,}");
  private static final int LONGEST_BETWEEN = 40;
  private static final Map<String, String> CLOSING = Map.of("\\(", "\\)", "\\[", "\\]");
  private static final List<List<String>> MARKS =
      List.of(List.of("$$", "$$"), List.of("$", "$"), List.of("\\(", "\\)"), List.of("\\[", "\\]"));

  /** The formula that begins at {@code from}; empty if none does, or if the sign means money. */
  static Optional<Formula> at(String text, int from) {
    for (List<String> marks : MARKS) {
      if (text.startsWith(marks.get(0), from)) {
        int begin = from + marks.get(0).length();
        int close = closing(text, marks.get(1), begin);
        return close <= begin || isMoney(text, begin, close)
            ? Optional.empty()
            : Optional.of(new Formula(text.substring(begin, close), close + marks.get(1).length()));
      }
    }
    return Optional.empty();
  }

  private static int closing(String text, String mark, int begin) {
    int close = text.indexOf(mark, begin);
    while (close > begin && mark.charAt(0) == '$' && text.charAt(close - 1) == '\\') {
      close = text.indexOf(mark, close + 1);
    }
    return close;
  }

  /** "$5 and then $13" is no formula: a sign before a digit opens, and words follow an amount. */
  private static boolean isMoney(String text, int begin, int close) {
    boolean opensNext = close + 1 < text.length() && Character.isDigit(text.charAt(close + 1));
    return text.charAt(close) == '$'
        && (opensNext || AMOUNT_AND_WORDS.matcher(text.substring(begin, close)).lookingAt());
  }

  /** The formula that begins at {@code from}, and those that make a list with it. */
  public static Optional<Formula> row(String text, int from) {
    Optional<Formula> first = at(text, from);
    return first.map(
        f -> {
          Formula row = f;
          for (int i = f.end(); i < text.length() && i - row.end() <= LONGEST_BETWEEN; i++) {
            Optional<Formula> next = at(text, i);
            if (next.isPresent() && BETWEEN.matcher(text.substring(row.end(), i)).matches()) {
              row = new Formula(row.text() + ", " + next.get().text(), next.get().end());
              i = row.end() - 1;
            }
          }
          return row;
        });
  }

  /** The last formula in {@code text}, and those before it that make a list with it. */
  public static Optional<Formula> last(String text) {
    Optional<Formula> last = Optional.empty();
    Set<String> unclosed = new HashSet<>();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      String mark = c == '\\' ? text.substring(i, Math.min(i + 2, text.length())) : "$";
      if (c == '\\' && !mark.equals("\\(") && !mark.equals("\\[")) {
        i++;
      } else if ((c == '$' || c == '\\') && !unclosed.contains(mark)) {
        Optional<Formula> here = row(text, i);
        last = here.isPresent() ? here : last;
        i = here.map(f -> f.end() - 1).orElse(i);
        // A mark without its partner: there is none behind it either.
        if (here.isEmpty()
            && text.indexOf(CLOSING.getOrDefault(mark, mark), i + mark.length()) < 0) {
          unclosed.add(mark);
        }
      }
    }
    return last;
  }
}
