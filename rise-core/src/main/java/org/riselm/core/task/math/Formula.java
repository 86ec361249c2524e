package org.riselm.core.task.math;

import java.util.List;
import java.util.Optional;

/**
 * A formula in a text, between dollar signs, {@code \\(…\\)} or {@code \\[…\\]}.
 *
 * @param text what is between the marks
 * @param end where the text goes on after the closing mark
 */
record Formula(String text, int end) {
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

  /** The last formula in {@code text}. */
  static Optional<Formula> last(String text) {
    Optional<Formula> last = Optional.empty();
    boolean open = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() && "([".indexOf(text.charAt(i + 1)) < 0) {
        i++;
      } else if (open && (c == '$' || c == '\\')) {
        Optional<Formula> here = at(text, i);
        last = here.isPresent() ? here : last;
        i = here.map(f -> f.end() - 1).orElse(i);
        // A mark without its partner: there is no formula behind it.
        open = here.isPresent();
      }
    }
    return last;
  }
}
