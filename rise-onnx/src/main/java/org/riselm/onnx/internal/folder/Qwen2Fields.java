package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.riselm.onnx.model.Bias;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/** Qwen2 and Qwen2.5: biases on queries, keys and values; a window from some layer on. */
final class Qwen2Fields implements FamilyFields {
  @Override
  public Family family() {
    return Family.QWEN2;
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    json.require("attention_bias", true);
    json.require("mlp_bias", false);
    json.need("num_key_value_heads");
    builder.biases(EnumSet.of(Bias.QUERY, Bias.KEY, Bias.VALUE));
    readWindow(json, builder);
  }

  /** The first max_window_layers layers see everything; the others a window, if it is in use. */
  static void readWindow(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    boolean slides = json.bool("use_sliding_window", false) && !json.isNull("sliding_window");
    int full =
        json.has("max_window_layers")
            ? json.integer("max_window_layers", 0, Integer.MAX_VALUE)
            : 28;
    Set<Integer> sliding = LayerKinds.sliding(json, i -> slides && i >= full);
    if (!slides && !sliding.isEmpty()) {
      throw json.refusal("layer_types", "full_attention only, since no window is in use");
    }
    if (!sliding.isEmpty()) {
      builder.slidingWindow(LayerKinds.window(json), sliding);
    }
  }
}
