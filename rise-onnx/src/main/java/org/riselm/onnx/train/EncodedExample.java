package org.riselm.onnx.train;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.ImmutableIntArray;

/**
 * An example as token ids.
 *
 * @param prompt what the model sees; at least one token
 * @param target what it learns to say; at least one token
 * @param weight of every target token
 */
public record EncodedExample(ImmutableIntArray prompt, ImmutableIntArray target, double weight) {
  public EncodedExample {
    if (requireNonNull(prompt, "prompt").isEmpty()) {
      throw new IllegalArgumentException("an example's prompt has no tokens");
    }
    if (requireNonNull(target, "target").isEmpty()) {
      throw new IllegalArgumentException("an example's target has no tokens");
    }
  }

  /** An example of these ids. */
  public static EncodedExample of(int[] prompt, int[] target, double weight) {
    return new EncodedExample(
        ImmutableIntArray.copyOf(prompt), ImmutableIntArray.copyOf(target), weight);
  }

  /** The tokens that go through the model: all but the last, which is only predicted. */
  public int inputTokens() {
    return prompt.length() + target.length() - 1;
  }

  /** Token {@code index} of prompt and target together. */
  int token(int index) {
    return index < prompt.length() ? prompt.get(index) : target.get(index - prompt.length());
  }
}
