package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/** Gemma 2: norms around, GELU, scaled embeddings, soft caps, a window in every other layer. */
final class Gemma2Fields implements FamilyFields {
  @Override
  public Family family() {
    return new Family("gemma2", "Gemma2ForCausalLM");
  }

  @Override
  public List<ConfigJson.Expectation> expected() {
    return activations();
  }

  static List<ConfigJson.Expectation> activations() {
    return List.of(
        ConfigJson.Expectation.text("hidden_activation", "gelu_pytorch_tanh"),
        ConfigJson.Expectation.number("partial_rotary_factor", 1),
        ConfigJson.Expectation.flag("use_bidirectional_attention", false));
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    readShared(json, builder, BlockStyle.HeadNorm.NONE, 50, 30);
    readWindow(json, builder, LayerKinds.sliding(json, i -> i % 2 == 0));
  }

  /** Reads what all Gemmas have, with the caps that hold where the file has none. */
  static void readShared(
      ConfigJson json,
      DecoderConfig.Builder builder,
      BlockStyle.HeadNorm headNorm,
      double attentionCap,
      double logitsCap)
      throws IOException {
    json.need("head_dim");
    json.need("num_key_value_heads");
    double scalar = json.positive("query_pre_attn_scalar", Double.POSITIVE_INFINITY, 256);
    builder
        .tiedHead(json.bool("tie_word_embeddings", true))
        .biases(FamilyFields.attentionBias(json))
        .style(
            BlockStyle.builder()
                .norms(BlockStyle.Norms.AROUND, true)
                .headNorm(headNorm)
                .activation(BlockStyle.Activation.GELU_TANH)
                .multipliers(Math.sqrt(json.integer("hidden_size")), 1)
                .attentionScale(1 / Math.sqrt(scalar))
                .caps(
                    cap(json, "attn_logit_softcapping", attentionCap),
                    cap(json, "final_logit_softcapping", logitsCap))
                .build());
  }

  private static double cap(ConfigJson json, String field, double absent) throws IOException {
    boolean none = json.isNull(field) || (!json.has(field) && absent == 0);
    return none ? 0 : json.positive(field, Double.POSITIVE_INFINITY, absent);
  }

  static void readWindow(ConfigJson json, DecoderConfig.Builder builder, Set<Integer> sliding)
      throws IOException {
    if (!json.isNull("sliding_window") && !sliding.isEmpty()) {
      builder.slidingWindow(LayerKinds.window(json), sliding);
    }
  }
}
