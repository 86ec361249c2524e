package org.riselm.core.internal.math;

import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds where a response, after its answer, goes on with another question: the model asks itself
 * the next one. Few-shot prompts are full of such texts, and graders cut there.
 */
public final class RunOn {
  /** How many places are tried. */
  private static final int MOST = 20;

  /** A speaker's or an end's mark, or a line that opens another question. */
  private static final Pattern LABEL =
      Pattern.compile(
          "<\\|(?:im_start|im_end|endoftext|end_of_text|eot_id|start_header_id|user|assistant)\\|>"
              + "|</s>|<eos>|<end_of_turn>|\\[INST\\]"
              + "|^[ \\t>#*\\[]*+(?:(?i:(?:next\\s+)?"
              + "(?:question|problem|exercise|user|human|instruction))|Q)"
              + "\\s*+(?:\\d+\\s*+\\**[.:)]|\\**[:\\]])"
              + "|^[ \\t>#*]*+(?i:(?:here(?:'s|\\s+is)|now|let's\\s+try)\\s+another\\s+"
              + "(?:problem|question|example))"
              + "|^#++\\s*(?i:question|problem|exercise|example)\\b[\\s\\d*]*$"
              + "|^[ \\t>#*]*+(?i:example)\\s+\\d+\\s*+\\**[.:)]",
          Pattern.MULTILINE);

  private static final String SECOND_THOUGHT =
      "(?!\\W{0,8}+(?:Wait|Hmm|But|However|Let|Actually|So|Is|Did|Does|Do|Check|No|Now|Then)\\b)";

  /** A paragraph that asks how many or what, and is no second thought about the answer. */
  private static final Pattern ASKS =
      Pattern.compile(
          "\\n[ \\t]*+\\n"
              + SECOND_THOUGHT
              + "(?=[^\\n?]{0,600}?\\b(?:[Hh]ow\\s+(?:many|much|long|far|old|tall)"
              + "|[Ww]hat\\s+(?:is|are|was|will))\\b[^\\n?]{5,200}\\?)");

  private RunOn() {}

  /**
   * Returns {@code text} up to the first place where another question begins behind an answer.
   *
   * @param hasAnswer whether a text holds an answer
   */
  public static String cut(String text, Predicate<String> hasAnswer) {
    return first(LABEL, first(ASKS, text, hasAnswer), hasAnswer);
  }

  private static String first(Pattern place, String text, Predicate<String> hasAnswer) {
    return place
        .matcher(text)
        .results()
        .limit(MOST)
        .map(MatchResult::start)
        .map(start -> text.substring(0, start))
        .filter(hasAnswer)
        .findFirst()
        .orElse(text);
  }
}
