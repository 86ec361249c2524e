package org.riselm.onnx.internal.gguf;

import com.google.common.collect.ImmutableBiMap;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of tensors: llama.cpp's, and Hugging Face's. */
final class TensorNames {
  private static final ImmutableBiMap<String, String> OUTER =
      ImmutableBiMap.of(
          "token_embd", "model.embed_tokens", "output_norm", "model.norm", "output", "lm_head");

  private static final ImmutableBiMap<String, String> INNER =
      ImmutableBiMap.<String, String>builder()
          .put("attn_norm", "input_layernorm")
          .put("attn_q", "self_attn.q_proj")
          .put("attn_k", "self_attn.k_proj")
          .put("attn_v", "self_attn.v_proj")
          .put("attn_output", "self_attn.o_proj")
          .put("attn_q_norm", "self_attn.q_norm")
          .put("attn_k_norm", "self_attn.k_norm")
          .put("ffn_norm", "post_attention_layernorm")
          .put("ffn_gate", "mlp.gate_proj")
          .put("ffn_up", "mlp.up_proj")
          .put("ffn_down", "mlp.down_proj")
          .buildOrThrow();

  private static final Pattern GGUF =
      Pattern.compile("(?:blk\\.(\\d{1,4})\\.)?(\\w+)\\.(weight|bias)");
  private static final Pattern OURS =
      Pattern.compile("(?:model\\.layers\\.(\\d{1,4})\\.)?([\\w.]+)\\.(weight|bias)");

  private TensorNames() {}

  /** Returns Hugging Face's name; empty if there is none. */
  static Optional<String> ours(String gguf) {
    return renamed(gguf, GGUF, "model.layers.", OUTER, INNER);
  }

  /** Returns llama.cpp's name; empty if there is none. */
  static Optional<String> gguf(String ours) {
    return renamed(ours, OURS, "blk.", OUTER.inverse(), INNER.inverse());
  }

  private static Optional<String> renamed(
      String name,
      Pattern pattern,
      String layers,
      ImmutableBiMap<String, String> outer,
      ImmutableBiMap<String, String> inner) {
    Matcher parts = pattern.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String layer = parts.group(1);
    String own = (layer == null ? outer : inner).get(parts.group(2));
    String prefix = layer == null ? "" : layers + layer + ".";
    return Optional.ofNullable(own).map(o -> prefix + o + "." + parts.group(3));
  }

  /** Whether the rows of a tensor of Hugging Face's name rotate. */
  static boolean rotates(String ours) {
    return ours.contains(".q_proj.") || ours.contains(".k_proj.");
  }
}
