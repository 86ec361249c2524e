package org.riselm.onnx.internal.decoder;

import org.riselm.onnx.internal.graph.Value;

/** Attention that also takes queries, keys and values as they come out of one product. */
interface PackedAttention extends Attention {
  /** Whether {@link #applyPacked} may be called for {@code layer}. */
  boolean takesPacked(int layer);

  /**
   * Adds one layer's attention.
   *
   * @param layer from 0
   * @param packed queries, keys and values behind each other, [batch, sequence, (heads + 2 ·
   *     keyValueHeads) · headSize], not yet turned; queries are {@linkplain ScoringAttention#scale
   *     scaled} already
   * @return what each head saw, [tokens that go on, heads · headSize]
   */
  Value applyPacked(int layer, Value packed);
}
