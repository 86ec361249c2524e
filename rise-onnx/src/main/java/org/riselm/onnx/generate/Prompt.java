package org.riselm.onnx.generate;

import com.google.common.primitives.ImmutableIntArray;

/**
 * What to continue.
 *
 * @param ids the token ids so far, at least one
 * @param seed of the draws; the token at position <i>i</i> of the answer is drawn by {@code
 *     Seeds.derive(seed, i)}
 */
public record Prompt(ImmutableIntArray ids, long seed) {
  public Prompt {
    if (ids.isEmpty()) {
      throw new IllegalArgumentException(
          "ids is empty; a prompt needs at least one token, for example the one that begins a"
              + " text");
    }
  }

  /** A prompt of a copy of {@code ids}. */
  public static Prompt of(int[] ids, long seed) {
    return new Prompt(ImmutableIntArray.copyOf(ids), seed);
  }
}
