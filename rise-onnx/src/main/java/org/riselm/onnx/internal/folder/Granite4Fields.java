package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.Set;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/** Granite 4, the dense models: Granite with a fused feed-forward layer, and without experts. */
final class Granite4Fields implements FamilyFields {
  @Override
  public Family family() {
    return new Family("granitemoehybrid", "GraniteMoeHybridForCausalLM");
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    json.need("num_local_experts");
    json.require(ConfigJson.Expectation.number("num_local_experts", 0));
    json.require(ConfigJson.Expectation.text("normalization_function", "rmsnorm"));
    // Older files call it attention, newer ones full_attention.
    json.need("layer_types");
    if (!Set.of("attention", RopeFields.FULL).containsAll(json.texts("layer_types"))) {
      throw json.refusal("layer_types", "attention in every layer");
    }
    boolean rotates = json.text("position_embedding_type", "").equals("rope");
    builder
        .feedForwardSize(json.integer("shared_intermediate_size", 1, 1 << 24))
        .biases(FamilyFields.attentionBias(json))
        .unrotatedLayers(LayerKinds.all(json, !rotates))
        .style(
            GraniteFields.scalars(json)
                .fusedFeedForward("shared_mlp.input_linear", "shared_mlp.output_linear")
                .build());
  }
}
