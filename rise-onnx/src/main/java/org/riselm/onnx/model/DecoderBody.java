package org.riselm.onnx.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Value;

/** A Llama-style decoder around an {@link Attention}: the one place where the model is written. */
final class DecoderBody {
  private final Ops ops;
  private final DecoderConfig config;
  private final Map<String, Value> parameters = new HashMap<>();

  DecoderBody(Ops ops, DecoderConfig config, List<Value> parameters) {
    this.ops = ops;
    this.config = config;
    parameters.forEach(p -> this.parameters.put(p.name(), p));
  }

  /** The normalized hidden states of {@code ids} [batch, sequence]: [batch, sequence, hidden]. */
  Value hidden(Value ids, Attention attention) {
    Value x = ops.gather(parameter("model.embed_tokens.weight"), ids, 0);
    for (int i = 0; i < config.layers(); i++) {
      String layer = "model.layers." + i + ".";
      x = ops.add(x, attend(i, layer, x, attention));
      x = ops.add(x, feedForward(layer, x));
    }
    return norm(x, "model.norm.weight");
  }

  /** The logits of hidden states [n, hidden]: [n, vocabulary]. */
  Value logits(Value hidden) {
    String head = config.tiedHead() ? "model.embed_tokens.weight" : "lm_head.weight";
    return ops.linear(hidden, parameter(head));
  }

  private Value attend(int i, String layer, Value x, Attention attention) {
    Value h = norm(x, layer + "input_layernorm.weight");
    Value q = ops.linear(h, parameter(layer + "self_attn.q_proj.weight"));
    Value k = ops.linear(h, parameter(layer + "self_attn.k_proj.weight"));
    Value v = ops.linear(h, parameter(layer + "self_attn.v_proj.weight"));
    return ops.linear(attention.apply(i, q, k, v), parameter(layer + "self_attn.o_proj.weight"));
  }

  private Value feedForward(String layer, Value x) {
    Value h = norm(x, layer + "post_attention_layernorm.weight");
    Value gate = ops.silu(ops.linear(h, parameter(layer + "mlp.gate_proj.weight")));
    Value up = ops.linear(h, parameter(layer + "mlp.up_proj.weight"));
    return ops.linear(ops.mul(gate, up), parameter(layer + "mlp.down_proj.weight"));
  }

  private Value norm(Value x, String scale) {
    return ops.rmsNorm(x, parameter(scale), (float) config.normEpsilon()).get(0);
  }

  private Value parameter(String name) {
    Value v = parameters.get(name);
    if (v == null) {
      throw new IllegalStateException("the graph has no parameter " + name);
    }
    return v;
  }
}
