package org.riselm.core.task.math;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.riselm.core.internal.math.Boxes;
import org.riselm.core.internal.math.Cleaner;
import org.riselm.core.internal.math.Escapes;
import org.riselm.core.internal.math.Formula;
import org.riselm.core.internal.math.LastNumber;
import org.riselm.core.internal.math.Lexer;
import org.riselm.core.internal.math.RunOn;

/**
 * Finds the final answer in a response. What stands before the last {@code </think>} does not
 * count, of {@code <answer>…</answer>} only what is between, and nothing from where the response
 * goes on, after its answer, with another question. Then the first of these that is there decides,
 * and the last of its kind counts:
 *
 * <ol>
 *   <li>{@code \boxed{…}}; several in one sentence, parted by commas or words, are a list
 *   <li>what follows {@code ####} on its line, unless it is a heading
 *   <li>what follows "the answer is" or "answer:", or stands before "is the answer": the value in
 *       that sentence
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
  private static final int MOST_WORDS = 6;

  private static final Pattern HASHES = Pattern.compile("####((?:(?!####)[^\\n])*+)");
  private static final Pattern NUMBERED = Pattern.compile("[\\s*_#]*\\d+[.)]\\s+[a-zA-Z].*");
  private static final Pattern PHRASE =
      Pattern.compile(
          "(?i)\\b(?:answers?|ans|final\\s+result|correct\\s+(?:option|choice))"
              + "(?:\\s+(?:to|of|for)\\s[^.:=\\v]{1,80}?)?[*_]*"
              + "(?:\\s*(?:is|are|equals|=|[:：]|(?:should|must|would|will)\\s+be)(?![a-z]))++"
              + "[\\s*_]*[:：]?"
              + "|^[ \\t#*_]*+(?:the\\s+)?(?:final\\s+)?answer[ #*_]*$"
              + "|答案\\s*(?:是|为|[:：])",
          Pattern.MULTILINE);
  private static final Pattern OPENS =
      Pattern.compile(
          "(?i)(?:[\\s*_`…]++|\\.{2,}|```[a-z]*\\n"
              + "|(?:therefore|thus|then|simply|clearly|just|hence|indeed|given\\s+by)\\b,?){1,20}");
  private static final Pattern WHOLE =
      Pattern.compile(
          "(?i:option|choice)\\s*\\(?[A-Z](?![a-zA-Z])"
              + "|(?i:less|greater|more|fewer|larger|smaller|at\\s+(?:least|most)|between|twice|half"
              + "|double|above|below|under|over|up\\s+to)\\b");
  private static final Pattern YES_OR_NO =
      Pattern.compile("(?i)(yes|no|true|false)[,.;]\\s[^\\d]*");
  private static final Pattern DENIAL =
      Pattern.compile("(?i)(?:not|unknown|unclear|unsure)\\b(?:.*?\\b(?:but|it\\s+is)\\b)?");
  private static final Pattern IS_THE_ANSWER =
      Pattern.compile(
          "(?m)(?:^|(?<=[.!?:]\\s))(?:([^\\v]{1,80}?)\\s+is\\s+(?:the|my|our)\\s+(?:final\\s+|correct\\s+)?"
              + "answer\\b|(?:Option|Choice|Answer)\\s+\\(?([A-Z])\\)?\\s+is\\s+(?:the\\s+)?correct\\b)");
  private static final Pattern REMARK =
      Pattern.compile("\\s(?:\\(([^()]*+)\\)|[–—]\\s+([a-zA-Z]{2}.*))[\\s.]*+$");
  private static final Pattern CONNECTIVE =
      Pattern.compile("^(?:So|Thus|Hence|Therefore|Then|Finally)\\b,?\\s*+(?=[^.!?\\n]*+[.!]?$)");
  private static final Pattern LABEL =
      Pattern.compile("^(?=[a-zA-Z ]*+:)(?=[A-Z ]*[a-z]{2})[a-zA-Z ]++:");
  private static final Pattern GIVES_UP =
      Pattern.compile(
          "(?i)\\b(?:do|did|does)(?:\\s+not|n['’]?t)\\s+know\\b|\\bno\\s+(?:idea|answer)\\b"
              + "|\\b(?:I|we)(?:\\s+am|['’]m|\\s+are)\\s+"
              + "(?:not\\s+(?:really\\s+)?sure|unsure|stuck)\\b"
              + "|\\bg[ai]ve\\s+up\\b"
              + "|\\b(?:can(?:not|['’]t|\\s+not)|could(?:\\s+not|n['’]t)|unable\\s+to)\\s+"
              + "(?:solve|determine|find|answer|figure\\s+out)\\s+"
              + "(?:it|this|that|the\\s+(?:answer|problem|question|solution))\\b");
  private static final Pattern NUMBERS =
      Pattern.compile("[-−]?[\\d./]++(?:\\s*+(?:,\\s*and|,|and)\\s*+[-−]?[\\d./]++)++");
  private static final Pattern DENIED =
      Pattern.compile("\\b(?:I|[Ww]e)\\b[^.!?]*?(?:\\b(?:not|cannot|unable|unsure)\\b|n['’]t\\b)");
  private static final Pattern WORD = Pattern.compile("(?<![\\\\a-zA-Z])[a-zA-Z]{2,}+");
  private static final Pattern NEXT_SENTENCE = Pattern.compile("(?<!\\\\)[.!?]\\s+[A-Z\\d]");
  private static final Pattern NO_WORD = Pattern.compile("and|or|[A-Z]{2,3}");
  private static final Pattern LOWER_CASE = Pattern.compile("[a-zA-Z][a-z]");
  private static final Pattern ENVIRONMENT = Pattern.compile("\\\\(?:begin|end)\\s*\\{[^{}]*+\\}");
  private static final Pattern DIGIT = Pattern.compile("\\d");
  private static final String ANSWER_OPENS = "<answer>";
  private static final Pattern THOUGHT_END = Pattern.compile("</think(?:ing)?>");

  private AnswerExtraction() {}

  /**
   * {@return the final answer in {@code response}, as it is written; empty if there is none}
   *
   * @param response the whole response
   */
  public static Optional<String> of(String response) {
    String said =
        RunOn.cut(said(Escapes.undo(response)), head -> marks(head) || isBare(head.strip()));
    return marked(said)
        .or(() -> phrase(said))
        .or(() -> givesUp(said) ? Optional.empty() : unmarked(said))
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

  private static boolean marks(String text) {
    return marked(text).or(() -> phrase(text)).filter(answer -> !answer.isBlank()).isPresent();
  }

  /**
   * {@return the answer that a box marks, or {@code ####} where there is no box; a mark that marks
   * nothing gives an empty text}
   *
   * @param response the whole response
   */
  public static Optional<String> marked(String response) {
    return Boxes.last(response).or(() -> hashes(response));
  }

  /**
   * What follows the last {@code ####} that is no heading: a number and words, or words above text.
   */
  private static Optional<String> hashes(String response) {
    String last = null;
    Matcher found = HASHES.matcher(response);
    while (found.find()) {
      String line = found.group(1).strip();
      Matcher phrase = PHRASE.matcher(line);
      if (NUMBERED.matcher(line).matches()) {
        continue;
      }
      if (phrase.find()) {
        String value = line.substring(phrase.end());
        last = value.isBlank() ? last : value(value);
      } else if (!WORD.matcher(line).lookingAt() || response.substring(found.end()).isBlank()) {
        last = line;
      }
    }
    return Optional.ofNullable(last);
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
      before = turned.end() > after ? turned.group(turned.group(1) == null ? 2 : 1) : before;
    }
    if (before != null) {
      String answer = CONNECTIVE.matcher(before.strip()).replaceFirst("");
      return Optional.of(Formula.last(answer).map(Formula::text).orElse(answer));
    }
    if (after < 0) {
      return Optional.empty();
    }
    return Optional.of(value(response.substring(after)));
  }

  /** The value that {@code text} begins with, or that its first sentence comes to. */
  private static String value(String text) {
    Matcher opens = OPENS.matcher(text);
    String rest = opens.lookingAt() ? text.substring(opens.end()) : text;
    Optional<Formula> formula = Formula.row(rest, 0);
    if (formula.isPresent() && !rest.substring(formula.get().end()).matches("(?s)\\s*[\\d=].*+")) {
      return formula.get().text();
    }
    String sentence = withoutRemark(LastNumber.firstSentence(rest));
    Matcher denial = DENIAL.matcher(sentence);
    if (denial.lookingAt()) {
      boolean corrected = !denial.group().equals(denial.group().split("\\s", 2)[0]);
      return corrected ? value(sentence.substring(denial.end())) : "";
    }
    return WORD.matcher(sentence).lookingAt()
            && !isBare(sentence)
            && !WHOLE.matcher(sentence).lookingAt()
        ? unmarked(sentence).orElse(sentence)
        : sentence;
  }

  /** "3 bolts (2 blue, 1 white)" without what is in brackets, if that is words. */
  private static String withoutRemark(String sentence) {
    Matcher remark = REMARK.matcher(sentence);
    return remark.find() && remark.start() > 0 && WORD.matcher(remark.group()).find()
        ? sentence.substring(0, remark.start())
        : sentence;
  }

  /** Whether {@code response} says so in plain words, or says no more than what "I" cannot. */
  private static boolean givesUp(String response) {
    return GIVES_UP.matcher(response).find()
        || (!DIGIT.matcher(response).find()
            && response.indexOf('\\') < 0
            && DENIED.matcher(response).find());
  }

  private static Optional<String> unmarked(String response) {
    String text = CONNECTIVE.matcher(response.strip()).replaceFirst("");
    Matcher yesOrNo = YES_OR_NO.matcher(text);
    if (yesOrNo.matches()) {
      return Optional.of(yesOrNo.group(1));
    }
    if (isBare(text)) {
      return Optional.of(text);
    }
    Optional<Formula> last = Formula.last(text);
    if (last.isPresent() && !LastNumber.isIn(text.substring(last.get().end()))) {
      return Optional.of(last.get().text());
    }
    return LastNumber.of(text)
        .or(
            () ->
                Optional.of(LastNumber.result(text).strip()).filter(AnswerExtraction::isTexOrList));
  }

  /** "3\sqrt{2}" or "-2 and 2" behind the last "=" or "are", without marks of mathematics. */
  private static boolean isTexOrList(String text) {
    return NUMBERS.matcher(text).matches() || (isBare(text) && text.indexOf('\\') >= 0);
  }

  private static boolean isBare(String text) {
    if (text.isEmpty()
        || text.length() > LONGEST_BARE
        || text.indexOf('\n') >= 0
        || NEXT_SENTENCE.matcher(text).find()) {
      return false;
    }
    int words = words(text);
    boolean formulaInProse = Formula.last(text).filter(f -> words > words(f.text())).isPresent();
    // TeX that the grader does not know is still an answer; it equals what is written the same way.
    // "June 20" is an answer; "She has 20" says one.
    boolean says =
        DIGIT.matcher(text).find()
            && ((words > 1 && LOWER_CASE.matcher(text).lookingAt()) || LABEL.matcher(text).find());
    boolean works = words > 1 && text.indexOf('=') != text.lastIndexOf('=');
    return words <= MOST_WORDS
        && !formulaInProse
        && !says
        && !works
        && (text.indexOf('\\') >= 0
            || (words == 0 && text.indexOf('=') < 0)
            || (words == 1 && Character.isDigit(text.charAt(0)))
            || AnswerEquivalence.ofDefaults().isReadable(text));
  }

  private static int words(String text) {
    return (int)
        WORD.matcher(ENVIRONMENT.matcher(text).replaceAll(""))
            .results()
            .filter(word -> !NO_WORD.matcher(word.group()).matches())
            .count();
  }

  private static String clip(String text) {
    return text.substring(0, Math.min(text.length(), Lexer.MAX_LENGTH));
  }
}
