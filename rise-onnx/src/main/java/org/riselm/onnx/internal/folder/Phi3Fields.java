package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;
import org.riselm.onnx.model.Rope;

/** Phi-3, Phi-3.5 and Phi-4, mini and medium: fused projections, heads turned in part. */
final class Phi3Fields implements FamilyFields {
  @Override
  public Family family() {
    return new Family("phi3", "Phi3ForCausalLM");
  }

  @Override
  public List<ConfigJson.Expectation> expected() {
    return List.of(
        ConfigJson.Expectation.text("hidden_act", "silu"),
        ConfigJson.Expectation.number("resid_pdrop", 0),
        ConfigJson.Expectation.number("embd_pdrop", 0),
        ConfigJson.Expectation.flag("attention_bias", false),
        ConfigJson.Expectation.flag("mlp_bias", false));
  }

  @Override
  public Rope rope(ConfigJson json) throws IOException {
    return RopeFields.read(json, 10_000, json.number("partial_rotary_factor", 1), Set.of());
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    int window = json.has("sliding_window") ? LayerKinds.window(json) : 0;
    builder
        .slidingWindow(window, LayerKinds.all(json, window != 0))
        .style(
            BlockStyle.builder()
                .fusedAttention("self_attn.qkv_proj")
                .fusedFeedForward("mlp.gate_up_proj", "mlp.down_proj")
                .build());
  }
}
