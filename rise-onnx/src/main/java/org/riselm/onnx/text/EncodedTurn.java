package org.riselm.onnx.text;

import com.google.common.primitives.ImmutableIntArray;

/**
 * A response and its context as token ids.
 *
 * @param prompt what stands before the response
 * @param target the response, with the token that ends it if it has one
 */
public record EncodedTurn(ImmutableIntArray prompt, ImmutableIntArray target) {
  public static EncodedTurn of(int[] prompt, int[] target) {
    return new EncodedTurn(ImmutableIntArray.copyOf(prompt), ImmutableIntArray.copyOf(target));
  }
}
