package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.Set;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/** Mistral: a window in every layer, unless it is null. */
final class MistralFields implements FamilyFields {
  @Override
  public Family family() {
    return Family.MISTRAL;
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    json.require("attention_bias", false);
    json.require("mlp_bias", false);
    json.need("num_key_value_heads");
    int window = json.isNull("sliding_window") ? 0 : LayerKinds.window(json);
    Set<Integer> sliding = LayerKinds.all(json, window != 0);
    builder.slidingWindow(window, sliding);
    if (json.has("layer_types") && !LayerKinds.sliding(json, i -> false).equals(sliding)) {
      throw json.refusal("layer_types", "the same for all layers, as sliding_window says");
    }
  }
}
