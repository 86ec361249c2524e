package org.riselm.core.task.math;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.internal.math.Cleaner;
import org.riselm.core.internal.math.Formula;
import org.riselm.core.internal.math.LastNumber;
import org.riselm.core.internal.math.Lexer;

/**
 * Finds the final answer in a response. What stands before the last {@code </think>} does not
 * count, and of {@code <answer>…</answer>} only what is between. Then the first of these that is
 * there decides, and the last of its kind counts:
 *
 * <ol>
 *   <li>{@code \boxed{…}}; several in a row, parted by commas or "and", are a list
 *   <li>what follows {@code ####} on its line, unless it is a heading
 *   <li>what follows "the answer is" or "answer:" in its sentence, or stands before "is the answer"
 *   <li>the whole response, if it is nothing but an answer
 *   <li>the last formula between dollar signs or their like, if no number follows it; several in a
 *       row are a list
 *   <li>the number in the last sentence, if it is the only one there or behind the last "="
 * </ol>
 *
 * <p>The last three do not count in a response that says it does not know.
 */
public final class AnswerExtraction {
  private static final int LONGEST_BARE = 200;
  private static final int MOST_BOXES = 20;
  private static final int MOST_WORDS = 6;

  private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)(?![a-zA-Z])\\s*");
  private static final Pattern HASHES = Pattern.compile("####((?:(?!####)[^\\n])*+)");
  private static final Pattern PHRASE =
      Pattern.compile(
          "(?i)\\b(?:answers?|final\\s+result|correct\\s+(?:option|choice))\\**"
              + "(?:\\s*(?:is|are|equals|=|:)(?![a-z]))++\\s*:?");
  private static final Pattern IS_THE_ANSWER =
      Pattern.compile(
          "(?m)(?:^|(?<=[.!?:]\\s))([^\\n"
              + "]{1,80}?)\\s+is\\s+(?:the|my|our)\\s+(?:final\\s+|correct\\s+)?answer\\b");
  private static final Pattern REMARK = Pattern.compile("\\s\\(([^()]*+)\\)[\\s.]*+$");
  private static final Pattern CONNECTIVE =
      Pattern.compile("^(?:So|Thus|Hence|Therefore|Then|Finally)\\b,?\\s*+(?=[^.!?\\n]*+[.!]?$)");
  private static final Pattern LABEL = Pattern.compile("^[a-zA-Z ]++:");
  private static final Pattern NO_ANSWER =
      Pattern.compile(
          "(?i)\\b(?:not|cannot|unable|unsure|unknown|maybe|perhaps|guess|ideas?|unclear|impossible|error"
              + "|stuck|no\\s+answer|g[ai]ve\\s+up|giving\\s+up)\\b|n't\\b|n’t\\b");
  private static final Pattern WORD = Pattern.compile("(?<![\\\\a-zA-Z])[a-zA-Z]{2,}+");
  private static final Pattern FIRST_PERSON = Pattern.compile("\\b(?:I|we|We)\\b");
  private static final Pattern DIGIT = Pattern.compile("\\d");
  private static final String ANSWER_OPENS = "<answer>";
  private static final Pattern THOUGHT_END = Pattern.compile("</think(?:ing)?>");

  private AnswerExtraction() {}

  /** The final answer in {@code response}, as it is written; empty if there is none. */
  public static Optional<String> of(String response) {
    String said = said(response);
    return marked(said)
        .or(() -> phrase(said))
        .or(() -> saysNothing(said) ? Optional.empty() : unmarked(said))
        .map(String::strip)
        .filter(answer -> !Cleaner.clean(clip(answer)).isEmpty());
  }

  /** What stands behind the last thought, between the last answer marks if there are some. */
  private static String said(String response) {
    Matcher end = THOUGHT_END.matcher(response);
    int from = 0;
    while (end.find()) {
      from = end.end();
    }
    String said = response.substring(from);
    int open = said.lastIndexOf(ANSWER_OPENS);
    if (open < 0) {
      return said;
    }
    String answer = said.substring(open + ANSWER_OPENS.length());
    int close = answer.indexOf("</answer>");
    return close < 0 ? answer : answer.substring(0, close);
  }

  /** The answer that a box or {@code ####} marks; a mark that marks nothing gives an empty text. */
  public static Optional<String> marked(String response) {
    List<MatchResult> boxes = BOX.matcher(response).results().toList();
    int last = -1;
    String answer = "";
    int end = -1;
    for (MatchResult box : boxes.subList(Math.max(0, boxes.size() - MOST_BOXES), boxes.size())) {
      int open = box.end();
      int close = open < response.length() ? closing(response, open) : -1;
      String content = close < 0 ? "" : response.substring(open, close).strip();
      if (content.startsWith("{")) {
        content = content.substring(1);
      }
      boolean continues =
          end >= 0
              && box.start() >= end
              && box.start() - end <= 40
              && Formula.BETWEEN.matcher(response.substring(end, box.start())).matches();
      answer =
          continues && !answer.isEmpty() && !content.isEmpty() ? answer + ", " + content : content;
      last = box.start();
      end = close < 0 ? -1 : close + (response.charAt(open) == '{' ? 1 : 0);
    }
    Optional<MatchResult> hashes = hashes(response);
    if (hashes.isPresent() && hashes.get().start() > last) {
      return Optional.of(hashes.get().group(1));
    }
    return last < 0 ? Optional.empty() : Optional.of(answer);
  }

  /** The last {@code ####} that is no heading: one with words, and text below it. */
  private static Optional<MatchResult> hashes(String response) {
    return HASHES
        .matcher(response)
        .results()
        .filter(
            found ->
                !WORD.matcher(found.group(1).strip()).lookingAt()
                    || response.substring(found.end()).isBlank())
        .reduce((earlier, later) -> later);
  }

  /** Where the box's content ends: its closing brace, or the end of a bare word. */
  private static int closing(String response, int open) {
    if (response.charAt(open) == '{') {
      return Cleaner.closingBrace(response, open);
    }
    int end = open;
    while (end < response.length() && " $\n.,".indexOf(response.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static Optional<String> phrase(String response) {
    Matcher phrase = PHRASE.matcher(response);
    int after = -1;
    while (phrase.find()) {
      after = phrase.end();
    }
    String before = null;
    Matcher turned = IS_THE_ANSWER.matcher(response);
    while (turned.find()) {
      before = turned.end() > after ? turned.group(1) : before;
    }
    if (before != null) {
      String answer = CONNECTIVE.matcher(before.strip()).replaceFirst("");
      return Optional.of(Formula.last(answer).map(Formula::text).orElse(answer));
    }
    if (after < 0) {
      return Optional.empty();
    }
    String rest = response.substring(after).strip();
    Optional<Formula> formula = Formula.row(rest, 0);
    if (formula.isPresent() && !rest.substring(formula.get().end()).matches("(?s)\\s*\\d.*+")) {
      return Optional.of(formula.get().text());
    }
    String sentence = LastNumber.firstSentence(rest);
    return Optional.of(NO_ANSWER.matcher(sentence).find() ? "" : withoutRemark(sentence));
  }

  /** "3 bolts (2 blue, 1 white)" without what is in brackets, if that is words. */
  private static String withoutRemark(String sentence) {
    Matcher remark = REMARK.matcher(sentence);
    return remark.find() && remark.start() > 0 && WORD.matcher(remark.group(1)).find()
        ? sentence.substring(0, remark.start())
        : sentence;
  }

  private static boolean saysNothing(String response) {
    // "does not exist" is an answer, "I do not know" is none.
    return NO_ANSWER.matcher(response).find()
        && (DIGIT.matcher(response).find() || FIRST_PERSON.matcher(response).find());
  }

  private static Optional<String> unmarked(String response) {
    String text = CONNECTIVE.matcher(response.strip()).replaceFirst("");
    if (isBare(text)) {
      return Optional.of(text);
    }
    Optional<Formula> last = Formula.last(text);
    if (last.isPresent() && !LastNumber.isIn(text.substring(last.get().end()))) {
      return Optional.of(last.get().text());
    }
    return LastNumber.of(text);
  }

  private static boolean isBare(String text) {
    if (text.length() > LONGEST_BARE || text.indexOf('\n') >= 0 || text.contains(". ")) {
      return false;
    }
    int words = words(text);
    boolean formulaInProse = Formula.last(text).filter(f -> words > words(f.text())).isPresent();
    // TeX that the grader does not know is still an answer; it equals what is written the same way.
    // "June 20" is an answer; "She has 20" says one.
    boolean says =
        DIGIT.matcher(text).find()
            && ((words > 1 && WORD.matcher(text).lookingAt()) || LABEL.matcher(text).find());
    boolean works = words > 1 && text.indexOf('=') != text.lastIndexOf('=');
    return words <= MOST_WORDS
        && !formulaInProse
        && !says
        && !works
        && (text.indexOf('\\') >= 0 || AnswerEquivalence.ofDefaults().isReadable(text));
  }

  private static int words(String text) {
    return (int)
        WORD.matcher(text)
            .results()
            .filter(word -> !word.group().equals("and") && !word.group().equals("or"))
            .count();
  }

  private static String clip(String text) {
    return text.substring(0, Math.min(text.length(), Lexer.MAX_LENGTH));
  }
}
