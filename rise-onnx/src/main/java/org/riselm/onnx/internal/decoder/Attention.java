package org.riselm.onnx.internal.decoder;

import org.riselm.onnx.internal.graph.Value;

/**
 * How a layer's tokens look at each other, and which of them go on from there; scoring and sampling
 * differ in nothing else. Tokens are [batch, sequence] or [tokens], as the attention has it.
 */
interface Attention {
  /**
   * Adds one layer's attention.
   *
   * @param layer from 0
   * @param q queries, [tokens, heads · headSize], not yet turned by position
   * @param k keys, [tokens, keyValueHeads · headSize], not yet turned
   * @param v values, of the keys' shape
   * @return what each head saw, [tokens that go on, heads · headSize]
   */
  Value apply(int layer, Value q, Value k, Value v);

  /** Of x [tokens, columns], the rows of the tokens that go on from a layer. */
  default Value goingOn(int layer, Value x) {
    return x;
  }
}
