package org.riselm.core.task.math;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the final answer in a response. The first of these that is there decides, and the last of
 * its kind counts:
 *
 * <ol>
 *   <li>{@code \boxed{…}}; several in a row, parted by commas or "and", are a list
 *   <li>what follows {@code ####} on its line
 *   <li>what follows "the answer is" or "answer:" in its sentence
 *   <li>the whole response, if it is nothing but an answer
 *   <li>the last formula between dollar signs or their like, if no number follows it
 *   <li>the number in the last sentence, if it is the only one there or the last after "="
 * </ol>
 *
 * <p>The last three do not count in a response that says it does not know.
 */
public final class AnswerExtraction {
  private static final int LONGEST_BARE = 200;
  private static final int MOST_BOXES = 20;
  private static final int MOST_WORDS = 6;

  private static final Pattern BOX = Pattern.compile("\\\\(?:boxed|fbox)(?![a-zA-Z])\\s*");
  private static final Pattern BETWEEN_BOXES =
      Pattern.compile(
          "[\\s$]*+(?:,|;|and|or|,\\s*and|,\\s*or|\\\\text\\{\\s*(?:and|or)\\s*\\})[\\s$]*+"
              + "(?:[a-zA-Z]\\s*=\\s*)?");
  private static final Pattern PHRASE =
      Pattern.compile(
          "(?i)\\b(?:final\\s+answer|answer|final\\s+result|total)\\**"
              + "(?:\\s*(?:is|are|equals|=|:)(?![a-z]))++\\s*:?");
  private static final Pattern SENTENCE_END =
      Pattern.compile("\\n|[.!?](?=\\s|\\$?\\s*$)|(?=,\\s+(?:which|because|since|so|as)\\b)");
  private static final Pattern NO_ANSWER =
      Pattern.compile(
          "(?i)\\b(?:not|cannot|unable|unsure|unknown|maybe|perhaps|guess|idea|unclear|impossible|error)\\b"
              + "|n't\\b|n’t\\b");
  private static final Pattern WORD = Pattern.compile("(?<![\\\\a-zA-Z])[a-zA-Z]{2,}+");
  private static final Pattern FIRST_PERSON = Pattern.compile("\\b(?:I|we|We)\\b");
  private static final Pattern DIGIT = Pattern.compile("\\d");
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<![\\w.])[-−]?\\s?[$€£]?\\d++(?:,\\d{3})*+(?:\\.\\d++)?(?:\\s?/\\s?\\d++)?%?");

  private AnswerExtraction() {}

  /** The final answer in {@code response}, as it is written; empty if there is none. */
  public static Optional<String> of(String response) {
    return marked(response)
        .or(() -> phrase(response))
        .or(() -> saysNothing(response) ? Optional.empty() : unmarked(response))
        .map(String::strip)
        .filter(answer -> !Cleaner.clean(clip(answer)).isEmpty());
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
              && BETWEEN_BOXES.matcher(response.substring(end, box.start())).matches();
      answer =
          continues && !answer.isEmpty() && !content.isEmpty() ? answer + ", " + content : content;
      last = box.start();
      end = close < 0 ? -1 : close + (response.charAt(open) == '{' ? 1 : 0);
    }
    int hashes = response.lastIndexOf("####");
    if (hashes > last) {
      int lineEnd = response.indexOf('\n', hashes);
      return Optional.of(response.substring(hashes + 4, lineEnd < 0 ? response.length() : lineEnd));
    }
    return last < 0 ? Optional.empty() : Optional.of(answer);
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
    if (after < 0) {
      return Optional.empty();
    }
    String rest = response.substring(after).strip();
    Optional<Formula> formula = Formula.at(rest, 0);
    if (formula.isPresent() && !rest.substring(formula.get().end()).matches("(?s)\\s*\\d.*+")) {
      return Optional.of(formula.get().text());
    }
    Matcher end = SENTENCE_END.matcher(rest);
    String sentence = end.find() ? rest.substring(0, end.start()) : rest;
    return NO_ANSWER.matcher(sentence).find() ? Optional.of("") : Optional.of(sentence);
  }

  private static boolean saysNothing(String response) {
    // "does not exist" is an answer, "I do not know" is none.
    return NO_ANSWER.matcher(response).find()
        && (DIGIT.matcher(response).find() || FIRST_PERSON.matcher(response).find());
  }

  private static Optional<String> unmarked(String response) {
    String text = response.strip();
    if (isBare(text)) {
      return Optional.of(text);
    }
    Optional<Formula> last = Formula.last(text);
    if (last.isPresent() && !NUMBER.matcher(text.substring(last.get().end())).find()) {
      return Optional.of(last.get().text());
    }
    return lastNumber(text);
  }

  private static boolean isBare(String text) {
    if (text.length() > LONGEST_BARE || text.indexOf('\n') >= 0 || text.contains(". ")) {
      return false;
    }
    int words = words(text);
    boolean formulaInProse = Formula.last(text).filter(f -> words > words(f.text())).isPresent();
    // TeX that the grader does not know is still an answer; it equals what is written the same way.
    // "June 20" is an answer; "She has 20" says one.
    boolean says = words > 1 && WORD.matcher(text).lookingAt() && DIGIT.matcher(text).find();
    return words <= MOST_WORDS
        && !formulaInProse
        && !says
        && (text.indexOf('\\') >= 0 || AnswerEquivalence.ofDefaults().isReadable(text));
  }

  private static int words(String text) {
    return (int)
        WORD.matcher(text)
            .results()
            .filter(word -> !word.group().equals("and") && !word.group().equals("or"))
            .count();
  }

  private static Optional<String> lastNumber(String text) {
    int to = text.length();
    while (to > 0 && " \n.!*".indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    String stripped = text.substring(0, to);
    Matcher end = SENTENCE_END.matcher(stripped);
    int from = 0;
    while (end.find()) {
      from = end.end();
    }
    String sentence = stripped.substring(Math.min(from, stripped.length()));
    sentence = sentence.substring(sentence.lastIndexOf('=') + 1);
    Matcher number = NUMBER.matcher(sentence);
    if (!number.find()) {
      return Optional.empty();
    }
    String found = number.group();
    return number.find() ? Optional.empty() : Optional.of(found);
  }

  private static String clip(String text) {
    return text.substring(0, Math.min(text.length(), Lexer.MAX_LENGTH));
  }
}
