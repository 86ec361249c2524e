package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.Set;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;
import org.riselm.onnx.model.Rope;

/** Ministral 3: queries that grow with the logarithm of their position. */
final class Ministral3Fields implements FamilyFields {
  private static final String GAIN = "llama_4_scaling_beta";

  @Override
  public Family family() {
    return new Family("ministral3", "Ministral3ForCausalLM");
  }

  @Override
  public Rope rope(ConfigJson json) throws IOException {
    return RopeFields.read(json, 10_000, 1, Set.of(GAIN, "max_position_embeddings"));
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    json.need("head_dim");
    json.need("num_key_value_heads");
    ConfigJson given = RopeFields.object(json);
    given.need(GAIN);
    int window = json.has("sliding_window") ? LayerKinds.window(json) : 0;
    builder
        .normEpsilon(json.positive("rms_norm_eps", 1, 1e-5))
        .slidingWindow(window, LayerKinds.all(json, window != 0))
        .style(
            BlockStyle.builder()
                .positionGain(given.number(GAIN), given.integer("original_max_position_embeddings"))
                .build());
  }
}
