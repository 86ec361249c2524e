package org.riselm.onnx.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A trainable tensor of a model: its name, which is Hugging Face's, and its shape.
 *
 * @param name for example {@code model.layers.0.self_attn.q_proj.weight}
 * @param shape linear weights are [out, in]
 */
public record Parameter(String name, List<Long> shape) {
  public Parameter {
    shape = List.copyOf(shape);
  }

  static Parameter of(String name, long... shape) {
    List<Long> dims = new ArrayList<>();
    for (long d : shape) {
      dims.add(d);
    }
    return new Parameter(name, dims);
  }

  /** The shape as an array. */
  public long[] sizes() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  /** The number of numbers in it. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Whether it is a matrix: those decay, vectors (norm scales, biases) by custom do not. */
  public boolean isMatrix() {
    return shape.size() >= 2;
  }

  /** The parameters of a decoder, in the order its graphs use them. */
  public static List<Parameter> of(DecoderConfig c) {
    long hidden = c.hiddenSize();
    long queries = (long) c.heads() * c.headSize();
    long keys = (long) c.keyValueHeads() * c.headSize();
    List<Parameter> all = new ArrayList<>();
    all.add(of("model.embed_tokens.weight", c.vocabularySize(), hidden));
    for (int i = 0; i < c.layers(); i++) {
      String layer = "model.layers." + i + ".";
      all.add(of(layer + "input_layernorm.weight", hidden));
      all.add(of(layer + "self_attn.q_proj.weight", queries, hidden));
      all.add(of(layer + "self_attn.k_proj.weight", keys, hidden));
      all.add(of(layer + "self_attn.v_proj.weight", keys, hidden));
      all.add(of(layer + "self_attn.o_proj.weight", hidden, queries));
      all.add(of(layer + "post_attention_layernorm.weight", hidden));
      all.add(of(layer + "mlp.gate_proj.weight", c.feedForwardSize(), hidden));
      all.add(of(layer + "mlp.up_proj.weight", c.feedForwardSize(), hidden));
      all.add(of(layer + "mlp.down_proj.weight", hidden, c.feedForwardSize()));
    }
    all.add(of("model.norm.weight", hidden));
    if (!c.tiedHead()) {
      all.add(of("lm_head.weight", c.vocabularySize(), hidden));
    }
    return List.copyOf(all);
  }
}
