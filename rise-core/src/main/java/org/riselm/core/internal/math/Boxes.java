package org.riselm.core.internal.math;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads the last {@code \boxed{…}} or {@code \fbox{…}} of a text, and those in a list with it. */
public final class Boxes {
  private static final int MOST_BOXES = 20;
  private static final int LONGEST_BETWEEN = 120;
  private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)(?![a-zA-Z])\\s*");

  /** What only formats: marks of mathematics, spacing, emphasis, the braces of a text. */
  private static final Pattern FORMAT =
      Pattern.compile(
          "\\\\(?:q?quad|text|mbox|textbf|mathrm)(?![a-zA-Z])|\\\\[()\\[\\],;:! ]|[${}*&~]");

  private static final String NAME = "(?:\\\\?[a-zA-Z]++(?:_\\w++)?\\s*+(?:=|\\\\in)\\s*+)?";

  private static final String WORDS = "(?:,|;|and|or|also|as well as|both)\\s*+";

  /** One list: nothing, a line break of TeX, a separator or a word, and perhaps a name. */
  private static final Pattern LIST =
      Pattern.compile(
          "(?:\\s*+(?:" + WORDS + ")++|[ \\t]*+(?:\\\\\\\\\\s*+(?:" + WORDS + ")*+)?)" + NAME);

  private static final Pattern PART = Pattern.compile("\\s*+[,;.]?\\s*+\\((?:[b-h]|i+v?)\\)\\s*+");

  /** A second form of one answer. */
  private static final Pattern RESTATED =
      Pattern.compile(
          "(?is)\\s*+[,;(]?\\s*+(?:or,?\\s+)?(?:equivalently|that\\s+is|i\\.e\\.|namely"
              + "|which\\s+(?:is|equals)|in\\s+other\\s+words|approximately|about)\\b.*");

  private static final Pattern EQUALS = Pattern.compile("\\s*+(=|≈|\\\\approx)\\s*+");

  /** Words of one sentence that put a second answer beside the first. */
  private static final Pattern BESIDE =
      Pattern.compile("[^.!?:=\\n\\\\]*?(?:,|;|\\b(?:and|or)\\b)[^.!?:=\\n\\\\]*?" + NAME);

  /** Words that make what follows a new step, or deny it. */
  private static final Pattern STEP =
      Pattern.compile(
          "(?i)\\b(?:not|instead|rather|so|thus|hence|therefore|then|because|since|after|before"
              + "|now|but|we|gets?|gives?|have|has|becomes?|answer|final|total|sum|result|product"
              + "|check)\\b");

  private Boxes() {}

  /**
   * Returns what the last box of {@code text} holds, after what the boxes in a list with it hold.
   * An empty box, or one that is not closed, gives an empty answer; no box gives none.
   */
  public static Optional<String> last(String text) {
    List<MatchResult> boxes = BOX.matcher(text).results().toList();
    String answer = null;
    int end = -1;
    for (MatchResult box : boxes.subList(Math.max(0, boxes.size() - MOST_BOXES), boxes.size())) {
      int open = box.end();
      int close = open < text.length() ? closing(text, open) : -1;
      boolean braced = close >= 0 && text.charAt(open) == '{';
      String content = close < 0 ? "" : text.substring(braced ? open + 1 : open, close).strip();
      boolean follows = end >= 0 && box.start() >= end && box.start() - end <= LONGEST_BETWEEN;
      answer =
          follows && answer != null && !answer.isEmpty() && !content.isEmpty()
              ? joined(answer, text.substring(end, box.start()), content)
              : content;
      end = braced ? close + 1 : close;
    }
    return Optional.ofNullable(answer);
  }

  private static String joined(String answer, String between, String content) {
    String words = FORMAT.matcher(between).replaceAll(" ");
    if (EQUALS.matcher(words).matches()) {
      return answer + words + content;
    }
    if (RESTATED.matcher(words).matches()) {
      return answer;
    }
    boolean list =
        LIST.matcher(words).matches()
            || PART.matcher(words).matches()
            || (BESIDE.matcher(words).matches() && !STEP.matcher(words).find());
    return !list ? content : answer.equals(content) ? answer : answer + ", " + content;
  }

  /** Returns where the box's content ends: its closing brace, or the end of a bare word. */
  private static int closing(String text, int open) {
    if (text.charAt(open) == '{') {
      return Cleaner.closingBrace(text, open);
    }
    int end = open;
    while (end < text.length() && " $\n.,".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }
}
