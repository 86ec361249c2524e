package org.riselm.onnx.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads and writes {@code config.json} with Hugging Face's names for a Llama. */
public final class ConfigFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigFile() {}

  /**
   * Reads a configuration.
   *
   * @throws IOException naming the file and the field, if it is missing, malformed, or not a Llama
   */
  public static DecoderConfig read(Path file) throws IOException {
    JsonNode json = parse(file);
    String type = json.path("model_type").asText("");
    if (!type.equals("llama")) {
      throw new IOException(
          file + ": model_type is \"" + type + "\"; the one that is supported is \"llama\"");
    }
    for (String field : List.of("rope_scaling", "attention_bias", "mlp_bias")) {
      JsonNode v = json.path(field);
      if (!v.isMissingNode() && !v.isNull() && !(v.isBoolean() && !v.booleanValue())) {
        throw new IOException(file + ": " + field + " is " + v + ", which is not supported");
      }
    }
    if (!json.path("hidden_act").asText("silu").equals("silu")) {
      throw new IOException(
          file + ": hidden_act is " + json.path("hidden_act") + "; supported is \"silu\"");
    }
    int hidden = integer(file, json, "hidden_size");
    int heads = integer(file, json, "num_attention_heads");
    try {
      DecoderConfig.Builder builder =
          DecoderConfig.builder(integer(file, json, "vocab_size"))
              .hiddenSize(hidden)
              .layers(integer(file, json, "num_hidden_layers"))
              .heads(heads)
              .feedForwardSize(integer(file, json, "intermediate_size"))
              .contextLength(integer(file, json, "max_position_embeddings"))
              .ropeTheta(json.path("rope_theta").asDouble(10_000))
              .normEpsilon(json.path("rms_norm_eps").asDouble(1e-6))
              .tiedHead(json.path("tie_word_embeddings").asBoolean(false));
      if (json.hasNonNull("num_key_value_heads")) {
        builder.keyValueHeads(integer(file, json, "num_key_value_heads"));
      }
      if (json.hasNonNull("head_dim")) {
        builder.headSize(integer(file, json, "head_dim"));
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static JsonNode parse(Path file) throws IOException {
    try {
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      if (!json.isObject()) {
        throw new IOException(file + ": not a JSON object");
      }
      return json;
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file; a model folder needs one", e);
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static int integer(Path file, JsonNode json, String field) throws IOException {
    JsonNode v = json.get(field);
    if (v == null || !v.isInt()) {
      throw new IOException(
          file
              + ": "
              + field
              + " is "
              + (v == null ? "missing" : v)
              + "; a whole number is needed");
    }
    return v.intValue();
  }

  /** Writes {@code config}. */
  public static void write(DecoderConfig config, Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add("LlamaForCausalLM");
    json.put("model_type", "llama")
        .put("vocab_size", config.vocabularySize())
        .put("hidden_size", config.hiddenSize())
        .put("num_hidden_layers", config.layers())
        .put("num_attention_heads", config.heads())
        .put("num_key_value_heads", config.keyValueHeads())
        .put("head_dim", config.headSize())
        .put("intermediate_size", config.feedForwardSize())
        .put("max_position_embeddings", config.contextLength())
        .put("rope_theta", config.ropeTheta())
        .put("rms_norm_eps", config.normEpsilon())
        .put("tie_word_embeddings", config.tiedHead())
        .put("hidden_act", "silu")
        .put("attention_bias", false)
        .put("mlp_bias", false)
        .put("torch_dtype", "float32");
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }
}
