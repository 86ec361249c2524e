package org.riselm.onnx.model;

import org.riselm.onnx.graph.Value;

/** How a layer's tokens look at each other; scoring and sampling differ in nothing else. */
@FunctionalInterface
interface Attention {
  /**
   * Adds one layer's attention.
   *
   * @param layer from 0
   * @param q queries, [batch, sequence, heads · headSize], not yet turned by position
   * @param k keys, [batch, sequence, keyValueHeads · headSize], not yet turned
   * @param v values, of the keys' shape
   * @return what each head saw, of the queries' shape
   */
  Value apply(int layer, Value q, Value k, Value v);
}
