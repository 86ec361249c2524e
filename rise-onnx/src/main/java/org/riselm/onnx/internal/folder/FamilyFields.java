package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.riselm.onnx.model.Bias;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/**
 * Reads from {@code config.json} which features of the decoder each family uses. A new family is a
 * constant of {@link Family} and a case here.
 */
final class FamilyFields {
  private static final Set<Bias> ATTENTION =
      Set.copyOf(EnumSet.of(Bias.QUERY, Bias.KEY, Bias.VALUE, Bias.OUTPUT));

  /** Fields that change the arithmetic in a way no family here has, with the values that do not. */
  private static final List<ConfigJson.Expectation> EXPECTED =
      List.of(
          ConfigJson.Expectation.text("hidden_act", "silu"),
          ConfigJson.Expectation.number("partial_rotary_factor", 1),
          ConfigJson.Expectation.number("attention_dropout", 0),
          ConfigJson.Expectation.absent("quantization_config"),
          ConfigJson.Expectation.flag("is_causal", true));

  private FamilyFields() {}

  /**
   * Reads the family, and checks the fields that no family may change.
   *
   * @throws IOException naming the file and the field
   */
  static Family family(ConfigJson json) throws IOException {
    String type = json.text("model_type", "");
    for (Family family : Family.values()) {
      if (family.modelType().equals(type)) {
        for (ConfigJson.Expectation expected : EXPECTED) {
          json.require(expected);
        }
        return family;
      }
    }
    throw json.refusal(
        "model_type", "one of " + Arrays.stream(Family.values()).map(Family::modelType).toList());
  }

  /** Reads the features that set {@code family} apart into {@code builder}. */
  static void read(Family family, ConfigJson json, DecoderConfig.Builder builder)
      throws IOException {
    switch (family) {
      case LLAMA -> readLlama(json, builder);
      case MISTRAL -> readMistral(json, builder);
      case QWEN2 -> readQwen2(json, builder);
      case QWEN3 -> readQwen3(json, builder);
    }
  }

  private static void readLlama(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    Set<Bias> biases = EnumSet.noneOf(Bias.class);
    if (json.bool("attention_bias", false)) {
      biases.addAll(ATTENTION);
    }
    if (json.bool("mlp_bias", false)) {
      biases.add(Bias.FEED_FORWARD);
    }
    builder.biases(biases);
  }

  private static void readMistral(ConfigJson json, DecoderConfig.Builder builder)
      throws IOException {
    json.require("attention_bias", false);
    json.require("mlp_bias", false);
    json.need("num_key_value_heads");
    int window = json.isNull("sliding_window") ? 0 : window(json);
    builder.slidingWindow(window, 0);
    if (json.has("layer_types")) {
      json.requireLayerTypes(window == 0 ? json.integer("num_hidden_layers") : 0);
    }
  }

  private static void readQwen2(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    json.require("attention_bias", true);
    json.require("mlp_bias", false);
    json.need("num_key_value_heads");
    builder.biases(EnumSet.of(Bias.QUERY, Bias.KEY, Bias.VALUE));
    readQwenWindow(json, builder);
  }

  private static void readQwen3(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    json.require("mlp_bias", false);
    json.need("num_key_value_heads");
    json.need("head_dim");
    builder.headNorm(true);
    if (json.bool("attention_bias", false)) {
      builder.biases(ATTENTION);
    }
    readQwenWindow(json, builder);
  }

  private static int window(ConfigJson json) throws IOException {
    return json.has("sliding_window") ? json.integer("sliding_window", 1, Integer.MAX_VALUE) : 4096;
  }

  private static int fullLayers(ConfigJson json) throws IOException {
    return json.has("max_window_layers")
        ? json.integer("max_window_layers", 0, Integer.MAX_VALUE)
        : 28;
  }

  /** The first max_window_layers layers see everything; the others a window, if it is in use. */
  private static void readQwenWindow(ConfigJson json, DecoderConfig.Builder builder)
      throws IOException {
    int layers = json.integer("num_hidden_layers");
    boolean slides = json.bool("use_sliding_window", false) && !json.isNull("sliding_window");
    int full = slides ? Math.min(layers, fullLayers(json)) : layers;
    if (json.has("layer_types")) {
      full = json.requireLayerTypes(slides ? -1 : layers);
    }
    if (full < layers) {
      builder.slidingWindow(window(json), full);
    }
  }
}
