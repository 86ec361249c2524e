package org.riselm.onnx.model;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.riselm.onnx.internal.folder.ConfigJson;

/**
 * The kinds of checkpoints that are understood: how each one's {@code config.json} says which
 * features of the one decoder it uses. To add a family is to add a constant here.
 */
public enum Family {
  /** Llama 2, 3, 3.1 and 3.2, and what copies them. */
  LLAMA("llama", "LlamaForCausalLM") {
    public @Override void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
      Set<Bias> biases = EnumSet.noneOf(Bias.class);
      if (json.bool("attention_bias", false)) {
        biases.addAll(Bias.ATTENTION);
      }
      if (json.bool("mlp_bias", false)) {
        biases.add(Bias.FEED_FORWARD);
      }
      builder.biases(biases);
    }
  },
  /** Mistral 7B: every layer looks back over a window only, if the configuration has one. */
  MISTRAL("mistral", "MistralForCausalLM") {
    public @Override void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
      json.require("attention_bias", false);
      json.require("mlp_bias", false);
      json.need("num_key_value_heads");
      int window = json.isNull("sliding_window") ? 0 : json.integer("sliding_window", 4096);
      builder.slidingWindow(window, 0);
      if (json.has("layer_types")) {
        json.requireLayerTypes(window == 0 ? json.integer("num_hidden_layers") : 0);
      }
    }
  },
  /** Qwen2 and Qwen2.5: biases on queries, keys and values. */
  QWEN2("qwen2", "Qwen2ForCausalLM") {
    public @Override void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
      json.require("attention_bias", true);
      json.require("mlp_bias", false);
      json.need("num_key_value_heads");
      builder.biases(EnumSet.of(Bias.QUERY, Bias.KEY, Bias.VALUE));
      readQwenWindow(json, builder);
    }
  },
  /** Qwen3, the dense ones: norms over every query and key head. */
  QWEN3("qwen3", "Qwen3ForCausalLM") {
    public @Override void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
      json.require("mlp_bias", false);
      json.need("num_key_value_heads");
      json.need("head_dim");
      builder.headNorm(true);
      if (json.bool("attention_bias", false)) {
        builder.biases(Bias.ATTENTION);
      }
      readQwenWindow(json, builder);
    }
  };

  private final String modelType;
  private final String architecture;

  Family(String modelType, String architecture) {
    this.modelType = modelType;
    this.architecture = architecture;
  }

  /** Hugging Face's name of the family: {@code model_type} in {@code config.json}. */
  public String modelType() {
    return modelType;
  }

  /** Hugging Face's name of the model's class: {@code architectures} in {@code config.json}. */
  public String architecture() {
    return architecture;
  }

  /** Takes what sets this family apart from {@code json}. */
  public abstract void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException;

  public static Family of(ConfigJson json) throws IOException {
    String type = json.text("model_type", "");
    return Arrays.stream(values())
        .filter(f -> f.modelType.equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                json.refusal(
                    "model_type",
                    "one of " + Arrays.stream(values()).map(Family::modelType).toList()));
  }

  /** The first max_window_layers layers see everything; the others a window, if it is in use. */
  private static void readQwenWindow(ConfigJson json, DecoderConfig.Builder builder)
      throws IOException {
    int layers = json.integer("num_hidden_layers");
    boolean slides = json.bool("use_sliding_window", false) && !json.isNull("sliding_window");
    int full = slides ? Math.min(layers, json.integer("max_window_layers", 28)) : layers;
    if (json.has("layer_types")) {
      full = json.requireLayerTypes(slides ? -1 : layers);
    }
    if (full < layers) {
      builder.slidingWindow(json.integer("sliding_window", 4096), full);
    }
  }

  /** Fields that change the arithmetic in a way no family here has, with the values that do not. */
  public static final List<ConfigJson.Expectation> EXPECTED =
      List.of(
          ConfigJson.Expectation.text("hidden_act", "silu"),
          ConfigJson.Expectation.number("partial_rotary_factor", 1),
          ConfigJson.Expectation.number("attention_dropout", 0),
          ConfigJson.Expectation.absent("quantization_config"),
          ConfigJson.Expectation.flag("is_causal", true));
}
