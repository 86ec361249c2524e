package org.riselm.onnx.internal.folder;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.Bias;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;
import org.riselm.onnx.model.Rope;

/** Reads and writes {@code config.json} with Hugging Face's names. */
public final class ConfigFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  // What DecoderConfig takes; far above any published model.
  private static final int LARGEST_SIZE = 1 << 24;
  private static final int MOST_LAYERS = 4096;

  private ConfigFile() {}

  /**
   * Reads a configuration.
   *
   * @throws IOException naming the file and the field, if it is missing, malformed, of no known
   *     {@link Family}, or asks for arithmetic that there is not
   */
  public static DecoderConfig read(Path file) throws IOException {
    return read(ConfigJson.read(file));
  }

  private static DecoderConfig read(ConfigJson json) throws IOException {
    FamilyFields fields = Families.of(json);
    int heads = size(json, "num_attention_heads");
    int keyValueHeads = json.has("num_key_value_heads") ? size(json, "num_key_value_heads") : heads;
    if (heads % keyValueHeads != 0) {
      throw json.refusal("num_key_value_heads", "a divisor of num_attention_heads, " + heads);
    }
    int hidden = size(json, "hidden_size");
    int headSize = hidden / heads;
    if (json.has("head_dim")) {
      headSize = size(json, "head_dim");
    } else if (hidden % heads != 0) {
      throw json.refusal(
          "num_attention_heads", "a divisor of hidden_size, %d, or a head_dim".formatted(hidden));
    }
    if (headSize % 2 != 0) {
      throw json.refusal(json.has("head_dim") ? "head_dim" : "hidden_size", "even heads");
    }
    try {
      DecoderConfig.Builder builder =
          DecoderConfig.builder(size(json, "vocab_size"))
              .family(fields.family())
              .hiddenSize(hidden)
              .layers(json.integer("num_hidden_layers", 1, MOST_LAYERS))
              .heads(heads)
              .keyValueHeads(keyValueHeads)
              .headSize(headSize)
              .feedForwardSize(size(json, "intermediate_size"))
              .contextLength(size(json, "max_position_embeddings"))
              .rope(fields.rope(json))
              .normEpsilon(json.positive("rms_norm_eps", 1, 1e-6))
              .tiedHead(json.bool("tie_word_embeddings", false));
      fields.read(json, builder);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw json.refusal(e);
    }
  }

  private static int size(ConfigJson json, String field) throws IOException {
    return json.integer(field, 1, LARGEST_SIZE);
  }

  /**
   * Writes {@code config}, for a checkpoint.
   *
   * @param type of its weights
   * @throws IllegalArgumentException if its family has no way to say what its features are
   */
  public static void write(DecoderConfig config, ElementType type, Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(config.family().architecture());
    json.put("model_type", config.family().modelType())
        .put("vocab_size", config.vocabularySize())
        .put("hidden_size", config.hiddenSize())
        .put("num_hidden_layers", config.layers())
        .put("num_attention_heads", config.heads())
        .put("num_key_value_heads", config.keyValueHeads())
        .put("head_dim", config.headSize())
        .put("intermediate_size", config.feedForwardSize())
        .put("max_position_embeddings", config.contextLength())
        .put("rope_theta", config.rope().theta())
        .put("rms_norm_eps", config.normEpsilon())
        .put("tie_word_embeddings", config.tiedHead())
        .put("hidden_act", "silu")
        .put("attention_bias", config.biases().contains(Bias.QUERY))
        .put("mlp_bias", config.biases().contains(Bias.FEED_FORWARD))
        .put("torch_dtype", name(type));
    if (config.rope().scaling() instanceof Rope.Llama3 scaling) {
      json.putObject("rope_scaling")
          .put("rope_type", "llama3")
          .put("factor", scaling.factor())
          .put("low_freq_factor", scaling.lowFrequencyFactor())
          .put("high_freq_factor", scaling.highFrequencyFactor())
          .put("original_max_position_embeddings", scaling.originalContext());
    }
    boolean slides = config.slidingWindow() > 0;
    int full = slides ? Collections.min(config.slidingLayers()) : config.layers();
    json.put("sliding_window", slides ? config.slidingWindow() : null)
        .put("use_sliding_window", slides)
        .put("max_window_layers", full);
    if (!read(ConfigJson.of(file, json)).equals(config)) {
      throw new IllegalArgumentException(
          "no configuration of model_type %s says this: %s"
              .formatted(config.family().modelType(), config));
    }
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }

  /**
   * Changes in {@code file}, a configuration, what it says of the type of the weights. Every other
   * field stays, known here or not.
   */
  public static void setType(Path file, ElementType type) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(InputFiles.text(file));
    // The field's older name, unless the file has the newer one.
    json.put(json.has("dtype") ? "dtype" : "torch_dtype", name(type));
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }

  private static String name(ElementType type) {
    return type == ElementType.FLOAT ? "float32" : type.name().toLowerCase(Locale.ROOT);
  }
}
