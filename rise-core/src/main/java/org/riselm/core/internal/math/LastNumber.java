package org.riselm.core.internal.math;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the number that the last sentence of a response comes to, where it says only one. */
public final class LastNumber {
  private static final Pattern SENTENCE_END = Pattern.compile("\\n|[.!?](?=\\s|\\$?\\s*$)");

  /** What gives a reason, or says what the answer is not. */
  private static final Pattern CLAUSE =
      Pattern.compile("(?=,\\s+(?:which|because|since|not|instead|rather)\\b)");

  private static final Pattern CONCLUSION = Pattern.compile("(?=,\\s+(?:so|as)\\b)");

  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<![\\w.])(?<!\\b(?:Step|Theorem|Lemma|Case|Part|Figure|Section|Example)\\s)"
              + "[-−]?\\s?\\\\?[$€£]?\\d++(?:,\\d{3})*+(?:\\.\\d++)?(?:\\s?/\\s?\\d++)?%?");

  /** Sentences behind the answer that do not belong to it. */
  private static final Pattern CLOSING =
      Pattern.compile(
          "(?:^|[.!?\\v]\\s{0,8}+)(?:```|(?i:I\\s+hope|hope\\s+(?:this|that|it)|let\\s+me\\s+know"
              + "|feel\\s+free|thank\\s+you|thanks|good\\s+luck|that(?:'s|’s|\\s+is)\\s+(?:it|all|the))"
              + "\\b[^.!?\\v\\d]*+[.!?]?)\\s*+$");

  /** What comes behind one of these is what the numbers before it come to. */
  private static final Pattern RESULT =
      Pattern.compile(
          "=|(?i)\\b(?:total\\s+of|sum\\s+of|equals|equal\\s+to|comes\\s+to)\\b"
              + "|,\\s+(?:and\\s+)?(?:so|therefore|thus|hence|making|leaving)\\b(?=.*\\d)"
              + "|\\b(?:is|are|was|were|be)\\s+"
              + "(?=(?:about|exactly|only|just|simply|therefore|thus|then)?\\s*\\\\?[-$€£]?\\d)");

  private static final String OPERATORS = "+*/^×÷·<>";

  private LastNumber() {}

  /** Whether {@code text} has a number in it. */
  public static boolean isIn(String text) {
    return NUMBER.matcher(text).find();
  }

  /** What the last sentence comes to: what follows its last "=", "total of" and the like. */
  public static String result(String response) {
    String text = response.strip();
    for (Matcher closing = CLOSING.matcher(text); closing.find() && closing.start() > 0; ) {
      text = text.substring(0, closing.start() + 1).strip();
      closing.reset(text);
    }
    text = text.replace("**", "");
    int to = text.length();
    while (to > 0 && " \n.!".indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    String sentence = last(SENTENCE_END, text.substring(0, to));
    String main = firstClause(sentence);
    return last(RESULT, isIn(main) ? main : sentence);
  }

  /** The number; empty if there is none, or more than one, or if it is a part of a formula. */
  public static Optional<String> of(String response) {
    String result = result(response);
    Matcher number = NUMBER.matcher(result);
    if (!number.find()) {
      return Optional.empty();
    }
    String before = result.substring(0, number.start());
    String after = result.substring(number.end());
    boolean alone =
        !NUMBER.matcher(after).find()
            && !endsInOperator(before)
            && !number.group().matches("(?s)[-−]\\s.*")
            && !continues(after);
    return alone ? Optional.of(number.group()) : Optional.empty();
  }

  /** The first sentence of {@code text}, without a clause that gives a reason. */
  public static String firstSentence(String text) {
    return before(CONCLUSION, firstClause(before(SENTENCE_END, text)));
  }

  private static String firstClause(String sentence) {
    return before(CLAUSE, sentence);
  }

  private static String before(Pattern mark, String text) {
    Matcher found = mark.matcher(text);
    return found.find() ? text.substring(0, found.start()) : text;
  }

  /** What follows the last {@code mark} in {@code text}. */
  private static String last(Pattern mark, String text) {
    Matcher found = mark.matcher(text);
    int from = 0;
    while (found.find()) {
      from = found.end();
    }
    return text.substring(from);
  }

  private static boolean endsInOperator(String before) {
    String text = before.stripTrailing();
    return !text.isEmpty() && (OPERATORS + "-−({\\").indexOf(text.charAt(text.length() - 1)) >= 0;
  }

  /** "5x", "5 + x" and 5' go on; "5cm" and "5 apples" do not. */
  private static boolean continues(String after) {
    return after.matches("(?s)(?:[a-zA-Z](?![a-zA-Z])|['\\\\({]|\\s?[" + OPERATORS + "=]).*");
  }
}
