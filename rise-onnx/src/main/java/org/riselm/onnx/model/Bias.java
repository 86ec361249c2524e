package org.riselm.onnx.model;

import com.google.common.collect.ImmutableList;
import java.util.EnumSet;
import java.util.Set;

/** The groups of linear layers that may add a bias. */
public enum Bias {
  /** The queries' projection. */
  QUERY("self_attn.q_proj"),
  /** The keys' projection. */
  KEY("self_attn.k_proj"),
  /** The values' projection. */
  VALUE("self_attn.v_proj"),
  /** The projection of attention's result. */
  OUTPUT("self_attn.o_proj"),
  /** The three of the feed-forward layer. */
  FEED_FORWARD("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj");

  static final Set<Bias> ATTENTION = Set.copyOf(EnumSet.of(QUERY, KEY, VALUE, OUTPUT));

  private final ImmutableList<String> layers;

  Bias(String... layers) {
    this.layers = ImmutableList.copyOf(layers);
  }

  /** Whether {@code layer}, by its name within a block, is one of these. */
  public boolean covers(String layer) {
    return layers.contains(layer);
  }
}
