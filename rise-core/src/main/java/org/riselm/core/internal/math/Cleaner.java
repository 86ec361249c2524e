package org.riselm.core.internal.math;

import java.util.Locale;
import java.util.regex.Pattern;

/** Makes one text of the ways in which an answer is typed. */
public final class Cleaner {
  private static final Pattern MATH_MARK = Pattern.compile("(?<!\\\\)\\\\[()\\[\\]]");
  private static final Pattern TYPE_FACE =
      Pattern.compile("\\\\(?:text|mbox|textbf|textit|textrm|mathrm|mathbf)\\s*\\{([^{}]*+)\\}");
  private static final Pattern SPACING =
      Pattern.compile("\\\\(?:left|right|displaystyle)(?![a-zA-Z])|\\\\[!,;: ]|[\\s~\"`]");
  private static final Pattern DIGITS_APART =
      Pattern.compile("(?<=\\d)(?:\\s|~|\\\\[,;: ])++(?=\\d)|(?<=\\d,)\\s++(?=\\d{3})");
  private static final Pattern LETTER_DOT = Pattern.compile("(?<=[a-zA-Z])\\.");
  private static final Pattern BRACED_ONE = Pattern.compile("(?<!\\\\)\\{(\\w)\\}(?!\\w)");
  private static final Pattern PROSE = Pattern.compile("[a-zA-Z ,.'-]++");
  private static final Pattern LONG_WORD = Pattern.compile("[a-zA-Z]{3,}+");

  private Cleaner() {}

  /** {@code answer} without mathematics marks, outer spaces and a final stop. */
  public static String clean(String answer) {
    String usual = Respelling.of(Characters.ascii(Escapes.undo(answer)));
    String text = MATH_MARK.matcher(usual).replaceAll(" ").replace("**", stars(usual));
    return trimmed(dollars(text).replace('\n', ' ').replace('\t', ' '));
  }

  // Two stars around everything are bold type; elsewhere they are a power.
  private static String stars(String text) {
    String stripped = text.strip();
    return stripped.startsWith("**") || stripped.endsWith("**") ? "" : "^";
  }

  /** Drops the dollar signs that mark mathematics and keeps those that mean money. */
  private static String dollars(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    int bare = 0;
    for (int i = 0; i < text.length(); i++) {
      bare += isBareDollar(text, i) ? 1 : 0;
    }
    boolean money = bare % 2 == 1;
    for (int i = 0; i < text.length(); i++) {
      if (!isBareDollar(text, i)) {
        kept.append(text.charAt(i));
      } else if (money && i + 1 < text.length() && isMoneyStart(text.charAt(i + 1))) {
        kept.append('$');
        money = false;
      } else {
        kept.append(' ');
      }
    }
    return kept.toString();
  }

  private static boolean isBareDollar(String text, int i) {
    return text.charAt(i) == '$' && (i == 0 || text.charAt(i - 1) != '\\');
  }

  private static boolean isMoneyStart(char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ' ';
  }

  private static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && " *_=".indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (to > from && " .,;*_\\".indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    boolean quoted = to - from > 2 && text.charAt(from) == '\'' && text.charAt(to - 1) == '\'';
    return quoted ? text.substring(from + 1, to - 1) : text.substring(from, to);
  }

  /**
   * What is left of a cleaned answer without spacing and type faces; case does not count in words.
   * Two answers of the same form say the same.
   */
  public static String textForm(String cleaned) {
    String form = cleaned.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac");
    form = TYPE_FACE.matcher(form).replaceAll("$1");
    boolean prose =
        PROSE.matcher(form).matches()
            && LONG_WORD
                .matcher(form)
                .results()
                .anyMatch(word -> !Lexer.areVariables(word.group()));
    form = SPACING.matcher(DIGITS_APART.matcher(form).replaceAll("_")).replaceAll("");
    form = LETTER_DOT.matcher(form).replaceAll("");
    form = BRACED_ONE.matcher(form).replaceAll("$1");
    return prose ? form.toLowerCase(Locale.ROOT) : form;
  }

  /** Returns the last place of {@code c} in {@code text} outside of brackets, as no TeX space. */
  static int lastOutside(String text, char c) {
    int last = -1;
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char here = text.charAt(i);
      depth += "({[".indexOf(here) >= 0 ? 1 : ")}]".indexOf(here) >= 0 ? -1 : 0;
      last = here == c && depth == 0 && (i == 0 || text.charAt(i - 1) != '\\') ? i : last;
    }
    return last;
  }

  /** The place of the brace that closes the one at {@code open}; -1 if there is none. */
  public static int closingBrace(String text, int open) {
    if (text.charAt(open) != '{') {
      return -1;
    }
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return i;
      }
    }
    return -1;
  }
}
