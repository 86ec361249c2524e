package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;
import org.riselm.onnx.model.Rope;

/** SmolLM3: positions turn nothing in every fourth layer. */
final class SmolLm3Fields implements FamilyFields {
  @Override
  public Family family() {
    return new Family("smollm3", "SmolLM3ForCausalLM");
  }

  @Override
  public Rope rope(ConfigJson json) throws IOException {
    return RopeFields.read(json, 2_000_000);
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    json.need("num_key_value_heads");
    Set<Integer> unrotated = unrotated(json);
    boolean slides = json.bool("use_sliding_window", false) && json.has("sliding_window");
    Set<Integer> sliding = LayerKinds.sliding(json, i -> slides && unrotated.contains(i));
    builder
        .tiedHead(json.bool("tie_word_embeddings", true))
        .biases(FamilyFields.biases(json))
        .unrotatedLayers(unrotated);
    if (slides) {
      builder.slidingWindow(sliding.isEmpty() ? 0 : LayerKinds.window(json), sliding);
    }
  }

  private static Set<Integer> unrotated(ConfigJson json) throws IOException {
    String field = "no_rope_layer_interval";
    int interval = json.has(field) ? json.integer(field, 1, Integer.MAX_VALUE) : 4;
    if (!json.has("no_rope_layers")) {
      return LayerKinds.where(json, i -> (i + 1) % interval == 0);
    }
    List<Double> rotated = json.numbers("no_rope_layers");
    if (rotated.size() < json.integer("num_hidden_layers")) {
      throw json.refusal("no_rope_layers", "a number for each layer");
    }
    return LayerKinds.where(json, i -> rotated.get(i) == 0);
  }
}
