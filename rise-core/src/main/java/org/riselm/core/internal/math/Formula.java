package org.riselm.core.internal.math;

import java.util.List;
import java.util.Optional;
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

  private static final int LONGEST_BETWEEN = 40;
  private static final List<List<String>> MARKS =
      List.of(List.of("$$", "$$"), List.of("$", "$"), List.of("\\(", "\\)"), List.of("\\[", "\\]"));

  /** The formula that begins at {@code from}; empty if none does. */
  static Optional<Formula> at(String text, int from) {
    for (List<String> marks : MARKS) {
      if (text.startsWith(marks.get(0), from)) {
        int begin = from + marks.get(0).length();
        int close = text.indexOf(marks.get(1), begin);
        return close <= begin
            ? Optional.empty()
            : Optional.of(new Formula(text.substring(begin, close), close + marks.get(1).length()));
      }
    }
    return Optional.empty();
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
    boolean open = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() && "([".indexOf(text.charAt(i + 1)) < 0) {
        i++;
      } else if (open && (c == '$' || c == '\\')) {
        Optional<Formula> here = row(text, i);
        last = here.isPresent() ? here : last;
        i = here.map(f -> f.end() - 1).orElse(i);
        // A mark without its partner: there is no formula behind it.
        open = here.isPresent();
      }
    }
    return last;
  }
}
