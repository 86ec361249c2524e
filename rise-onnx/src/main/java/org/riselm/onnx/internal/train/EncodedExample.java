package org.riselm.onnx.internal.train;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.ImmutableIntArray;
import org.riselm.core.mdp.TokenWeights;

/**
 * An example as token ids.
 *
 * @param prompt what the model sees; at least one token
 * @param target what it learns to say; at least one token
 * @param weights one for all target tokens, or one per target token
 */
public record EncodedExample(
    ImmutableIntArray prompt, ImmutableIntArray target, TokenWeights weights) {
  public EncodedExample {
    if (requireNonNull(prompt, "prompt").isEmpty()) {
      throw new IllegalArgumentException("an example's prompt has no tokens");
    }
    if (requireNonNull(target, "target").isEmpty()) {
      throw new IllegalArgumentException("an example's target has no tokens");
    }
    if (!weights.fits(target.length())) {
      throw new IllegalArgumentException(
          "an example has %d weights and %d target tokens; one weight, or one per token"
              .formatted(weights.size(), target.length()));
    }
  }

  /** An example of these ids, whose target tokens all weigh {@code weight}. */
  public static EncodedExample of(int[] prompt, int[] target, double weight) {
    return of(prompt, target, TokenWeights.uniform(weight));
  }

  /** An example of these ids and weights. */
  public static EncodedExample of(int[] prompt, int[] target, TokenWeights weights) {
    return new EncodedExample(
        ImmutableIntArray.copyOf(prompt), ImmutableIntArray.copyOf(target), weights);
  }

  /** The sum of the target tokens' |weight|s. */
  double totalWeight() {
    double total = 0;
    for (int i = 0; i < target.length(); i++) {
      total += Math.abs(weights.get(i));
    }
    return total;
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
