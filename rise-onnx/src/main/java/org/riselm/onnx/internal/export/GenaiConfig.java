package org.riselm.onnx.internal.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.model.DecoderConfig;

/** Writes {@code genai_config.json}, by which onnxruntime-genai runs an {@link InferenceModel}. */
public final class GenaiConfig {
  /** The name of the file. */
  public static final String FILE = "genai_config.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private GenaiConfig() {}

  /**
   * Writes the configuration into {@code folder}, beside the model's {@code config.json} if it has
   * one.
   *
   * @param stopIds the tokens that end a response, at least one
   */
  public static void write(Path folder, DecoderConfig config, int... stopIds) throws IOException {
    if (stopIds.length == 0) {
      throw new IllegalArgumentException("there are no stop tokens; at least one");
    }
    ObjectNode json = JSON.createObjectNode();
    ObjectNode model = json.putObject("model");
    model
        .put("type", config.family().modelType())
        .put("vocab_size", config.vocabularySize())
        .put("context_length", config.contextLength())
        .put("pad_token_id", padding(folder.resolve("config.json"), config, stopIds));
    ArrayNode ends = model.putArray("eos_token_id");
    for (int id : stopIds) {
      ends.add(id);
    }
    ObjectNode decoder = model.putObject("decoder");
    decoder
        .put("filename", InferenceModel.FILE)
        .put("hidden_size", config.hiddenSize())
        .put("head_size", config.headSize())
        .put("num_attention_heads", config.heads())
        .put("num_key_value_heads", config.keyValueHeads())
        .put("num_hidden_layers", config.layers());
    decoder.putObject("session_options").putArray("provider_options");
    decoder
        .putObject("inputs")
        .put("input_ids", "input_ids")
        .put("attention_mask", "attention_mask")
        .put("position_ids", "position_ids")
        .put("past_key_names", "past_key_values.%d.key")
        .put("past_value_names", "past_key_values.%d.value");
    decoder
        .putObject("outputs")
        .put("logits", "logits")
        .put("present_key_names", "present.%d.key")
        .put("present_value_names", "present.%d.value");
    json.putObject("search")
        .put("max_length", config.contextLength())
        // The cache grows by new tensors; its memory is not the past's.
        .put("past_present_share_buffer", false);
    Files.write(
        folder.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }

  // onnxruntime-genai hides from the model whatever stands in a prompt and equals the padding. The
  // end of a turn does stand there; so without a token that is for padding only, an id that none
  // has.
  private static int padding(Path configFile, DecoderConfig config, int... stopIds)
      throws IOException {
    if (Files.exists(configFile)) {
      JsonNode id = JSON.readTree(InputFiles.text(configFile)).path("pad_token_id");
      boolean stops = Arrays.stream(stopIds).anyMatch(s -> s == id.asInt(s));
      if (id.isInt() && id.intValue() >= 0 && !stops) {
        return id.intValue();
      }
    }
    return config.vocabularySize();
  }
}
