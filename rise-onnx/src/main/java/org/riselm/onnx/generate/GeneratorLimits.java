package org.riselm.onnx.generate;

import com.google.common.primitives.ImmutableIntArray;

/**
 * Where a generator's answers end and how much it does at once.
 *
 * @param contextLength the most tokens that a prompt and its answer have together; what the model's
 *     rotary tables cover
 * @param stopTokens ids that end an answer, for example the one that ends a turn; may be empty
 * @param maxBatch the most prompts that run together. The cache takes memory for as many, each as
 *     long as the longest prompt and answer of a call
 */
public record GeneratorLimits(int contextLength, ImmutableIntArray stopTokens, int maxBatch) {
  public GeneratorLimits {
    if (contextLength < 2) {
      throw new IllegalArgumentException(
          "contextLength is " + contextLength + "; 2 or more, a prompt and an answer");
    }
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch is " + maxBatch + "; 1 or more");
    }
  }
}
