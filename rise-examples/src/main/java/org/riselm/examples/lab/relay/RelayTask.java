package org.riselm.examples.lab.relay;

import com.google.common.base.Splitter;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The task's language and its one hard rule: an answer has {@link #MAX_NEW_TOKENS} tokens.
 *
 * <pre>
 * &lt;user&gt; Tom has 8 . Mon + 5 Tue - 2 Wed + 1 Thu - 3 Fri + 4 . How many ? &lt;asst&gt;
 * Mon 8 + 5 = 13 Tue - 2 = 11 Wed + 1 = 12 #### 15 &lt;eos&gt;   (no room for Thursday: 15 is a guess)
 * &lt;user&gt; Check your work and try again . &lt;asst&gt;
 * Thu 12 - 3 = 9 Fri + 4 = 13 #### 13 &lt;eos&gt;                 (carries on, and gets there)
 * </pre>
 *
 * <p>However often the first answer is drawn, it ends on Wednesday. The second has to add up what
 * nobody has added up before, from where the first stopped.
 */
public final class RelayTask {
  /** Said after every attempt, right or wrong. */
  public static final String FEEDBACK = "Check your work and try again .";

  /** The room of an answer: three days, the result and the stop token. */
  public static final int MAX_NEW_TOKENS = 5 * Work.DAYS_PER_ANSWER + 4;

  /** Holds the longest question, an attempt and another one. */
  public static final int CONTEXT_LENGTH = 88;

  private RelayTask() {}

  /** The words and numbers, one token each, without the special tokens. */
  public static List<String> vocabulary() {
    return Stream.of(
            RelayProblems.NAMES.stream(),
            Ledger.DAYS.stream(),
            Stream.of("has", "How", "many", "?", "####", "+", "-", "="),
            Splitter.on(' ').splitToStream(FEEDBACK),
            IntStream.rangeClosed(0, Ledger.LARGEST).mapToObj(Integer::toString))
        .flatMap(words -> words)
        .toList();
  }
}
