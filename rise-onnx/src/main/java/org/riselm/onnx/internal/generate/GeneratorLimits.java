package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;

/**
 * Where a generator's responses end and how much it does at once.
 *
 * @param contextLength the most tokens that a prompt and its response have together
 * @param stopTokens ids that end a response, for example the one that ends a turn; may be empty
 * @param maxBatch the most prompts that run together. The cache takes memory for as many, each as
 *     long as the longest prompt and response of a call
 * @param prefixBytes the most memory for keys and values of earlier prompts and responses, from
 *     which prompts that begin like them go on; 0 keeps none. What goes on has other rounding
 *     errors than what is run whole
 */
public record GeneratorLimits(
    int contextLength, ImmutableIntArray stopTokens, int maxBatch, long prefixBytes) {
  /** Limits under which every prompt is run whole. */
  public GeneratorLimits(int contextLength, ImmutableIntArray stopTokens, int maxBatch) {
    this(contextLength, stopTokens, maxBatch, 0);
  }

  public GeneratorLimits {
    if (prefixBytes < 0) {
      throw new IllegalArgumentException("prefixBytes is " + prefixBytes + "; 0 or more");
    }
    if (contextLength < 2) {
      throw new IllegalArgumentException(
          "contextLength is " + contextLength + "; 2 or more, a prompt and a response");
    }
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch is " + maxBatch + "; 1 or more");
    }
  }
}
