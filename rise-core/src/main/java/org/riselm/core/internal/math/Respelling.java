package org.riselm.core.internal.math;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rewrites what is typed in a rarer way as the usual one, before anything is read. */
final class Respelling {
  /** A pattern and what stands for it. */
  private record Rule(Pattern pattern, String replacement) {
    Rule(String pattern, String replacement) {
      this(Pattern.compile(pattern), replacement);
    }
  }

  private static final String DOTS = "(?:\\.\\.\\.|…|\\\\[lc]?dots(?![a-zA-Z]))";

  private static final Rule[] RULES = {
    // The space after a row of a matrix: \\[2pt], which is no formula mark.
    new Rule("\\\\\\\\\\s*+\\[\\s*+-?[\\d.]++\\s*+[a-z]{2}\\s*+\\]", "\\\\\\\\"),
    new Rule("\\\\cr(?![a-zA-Z])", "\\\\\\\\"),
    new Rule("\\\\(?:[hv]space\\*?|mspace|phantom)\\s*+\\{[^{}]*+\\}", " "),
    new Rule(
        "\\\\frac\\s*+\\{\\s*+\\\\(?:text|mathrm)\\s*+\\{([^{}]*+)\\}\\s*+\\}"
            + "\\s*+\\{\\s*+\\\\(?:text|mathrm)\\s*+\\{([^{}]*+)\\}\\s*+\\}",
        "\\\\text{$1/$2}"),
    new Rule("\\\\pmod\\s*+\\{([^{}]*+)\\}", "\\\\text{ (mod } $1)"),
    new Rule("\\\\pmod(?![a-zA-Z])\\s*+(\\w++)", "\\\\text{ (mod } $1)"),
    new Rule("\\\\b?mod(?![a-zA-Z])", "\\\\text{ mod }"),
    new Rule("(?<=\\d)\\s*+\\^\\s*+\\{?+\\s*+o\\s*+\\}?+(?![a-zA-Z])", "^\\\\circ "),
    new Rule("\\\\&", ","),
    new Rule("\\\\pounds(?![a-zA-Z])", "£"),
    new Rule("\\\\euro(?![a-zA-Z])", "€"),
    new Rule("\\\\(?:textdollar|mathdollar)(?![a-zA-Z])", "\\\\\\$"),
    // (0, 1) U (2, 3)
    new Rule("(?<=[)\\]])\\s*+U\\s*+(?=[(\\[]|\\\\left)", " \\\\cup "),
    // 0.\dot{1}4285\dot{7}, 0.\dot{3} and 0.(3)
    new Rule(
        "(\\d\\.\\d*+)\\\\dot\\s*+\\{?+(\\d)\\}?+(\\d*+)\\\\dot\\s*+\\{?+(\\d)\\}?+",
        "$1\\\\overline{$2$3$4}"),
    new Rule("(\\d\\.\\d*+)\\\\dot\\s*+\\{?+(\\d)\\}?+", "$1\\\\overline{$2}"),
    new Rule("(?<!\\d)(\\d++\\.)\\((\\d{1,50}+)\\)", "$1\\\\overline{$2}"),
    new Rule("^\\s*+(?:\\\\(?:approx|sim|simeq|therefore)(?![a-zA-Z])\\s*+)++", ""),
  };

  private static final Pattern GOES_ON =
      Pattern.compile("(?<![\\d.])(\\d*+)\\.(\\d++)\\s*+" + DOTS + "|,\\s*+" + DOTS);

  private static final int LONGEST_BLOCK = 6;

  private Respelling() {}

  /** {@code answer}, respelled. */
  static String of(String answer) {
    String text = answer;
    for (Rule rule : RULES) {
      text = rule.pattern().matcher(text).replaceAll(rule.replacement());
    }
    return GOES_ON.matcher(text).replaceAll(Respelling::goesOn);
  }

  /** 0.1666… as 0.1\overline{6}; dots that repeat nothing stay, as a command nobody can read. */
  private static String goesOn(MatchResult found) {
    String unread = "\\ldots ";
    String digits = found.group(2);
    if (digits == null) {
      return Matcher.quoteReplacement("," + unread);
    }
    String whole = found.group(1) + ".";
    for (int size = 1; size <= LONGEST_BLOCK; size++) {
      int from = digits.length();
      String block = digits.substring(Math.max(0, from - size));
      int times = 0;
      while (digits.startsWith(block, from - size)) {
        from -= size;
        times++;
      }
      if (times >= (size == 1 ? 3 : 2)) {
        return Matcher.quoteReplacement(
            whole + digits.substring(0, from) + "\\overline{" + block + "}");
      }
    }
    return Matcher.quoteReplacement(whole + digits + unread);
  }
}
