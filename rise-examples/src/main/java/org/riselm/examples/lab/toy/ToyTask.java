package org.riselm.examples.lab.toy;

import com.google.common.base.Splitter;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The task's language: its words and what is said between turns.
 *
 * <pre>
 * &lt;user&gt; Tom has 8 books , gets 5 , eats 2 . How many ? &lt;asst&gt;
 * #### 10 ; 8 + 5 = 13 - 2 = 11 &lt;eos&gt;
 * &lt;user&gt; Check your work and try again . &lt;asst&gt;
 * #### 11 ; 8 + 5 = 13 - 2 = 11 &lt;eos&gt;
 * </pre>
 *
 * <p>The quick answer comes first, so a small model often gets it wrong; the working after it, one
 * step at a time, it gets right. A second turn that reads the first can therefore do better.
 */
public final class ToyTask {
  /** Said after every attempt, right or wrong. */
  public static final String FEEDBACK = "Check your work and try again .";

  /** Enough for the longest answer (21 tokens with its stop token) and some rambling. */
  public static final int MAX_NEW_TOKENS = 34;

  /** Holds the longest question, an attempt cut at {@link #MAX_NEW_TOKENS}, and another attempt. */
  public static final int CONTEXT_LENGTH = 112;

  private ToyTask() {}

  /** The words and numbers, one token each, without the special tokens. */
  static List<String> vocabulary() {
    return Stream.of(
            ToyProblems.NAMES.stream(),
            ToyProblems.THINGS.stream(),
            ToyProblems.GAINS.stream(),
            ToyProblems.LOSSES.stream(),
            Stream.of("has", ",", "How", "many", "?", "####", ";", "+", "-", "="),
            Splitter.on(' ').splitToStream(FEEDBACK),
            IntStream.rangeClosed(0, ToySum.LARGEST).mapToObj(Integer::toString))
        .flatMap(words -> words)
        .toList();
  }
}
