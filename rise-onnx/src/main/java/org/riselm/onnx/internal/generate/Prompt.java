package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;

/**
 * What to continue.
 *
 * @param ids the token ids so far, at least one
 * @param seed of the draws; the token at position <i>i</i> of the response is drawn by {@code
 *     Seeds.derive(seed, i)}
 * @param maxNewTokens the longest response to this prompt, at least 1; a call's own limit holds too
 */
public record Prompt(ImmutableIntArray ids, long seed, int maxNewTokens) {
  public Prompt {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens + "; 1 or more");
    }
    if (ids.isEmpty()) {
      throw new IllegalArgumentException(
          "ids is empty; a prompt needs at least one token, for example the one that begins a"
              + " text");
    }
  }

  /** A prompt whose response is as long as the call lets it be. */
  public Prompt(ImmutableIntArray ids, long seed) {
    this(ids, seed, Integer.MAX_VALUE);
  }

  /** This, with a limit of its own. */
  public Prompt withMaxNewTokens(int limit) {
    return new Prompt(ids, seed, limit);
  }

  /** A prompt of a copy of {@code ids}. */
  public static Prompt of(int[] ids, long seed) {
    return new Prompt(ImmutableIntArray.copyOf(ids), seed);
  }
}
