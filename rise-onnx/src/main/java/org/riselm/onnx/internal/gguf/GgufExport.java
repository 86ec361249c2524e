package org.riselm.onnx.internal.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Rope;

/**
 * A model to be written as a GGUF file.
 *
 * @param config its configuration
 * @param tokenizer its whole {@code tokenizer.json}
 * @param tokens what {@code tokenizer_config.json} says
 * @param template its chat template, if it has one
 * @param stopIds the ids that end a response, the usual one first
 */
public record GgufExport(
    DecoderConfig config,
    String tokenizer,
    String tokens,
    Optional<String> template,
    List<Integer> stopIds) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MISTRAL = "mistral";

  public GgufExport {
    stopIds = List.copyOf(stopIds);
  }

  /**
   * Writes the file, which appears whole or not at all. What is no matrix is of 32 bits.
   *
   * @param type of the matrices: F32, F16, BF16, Q8_0 or Q4_0
   * @throws IOException naming what of the model a GGUF file cannot say, or the tensor with a
   *     number that is too large for {@code type}
   */
  public void write(Path file, GgufType type, List<TensorSource> weights) throws IOException {
    GgufWriter out = new GgufWriter();
    String architecture = architecture();
    out.put(GgufModel.ARCHITECTURE, architecture);
    out.put("general.type", "model");
    Path name = file.getFileName();
    out.put("general.name", name == null ? architecture : name.toString().replace(".gguf", ""));
    out.put("general.file_type", fileType(type));
    out.put("general.quantization_version", 2);
    putConfig(architecture + ".", out);
    putTokenizer(out);
    boolean interleaves = architecture.equals(GgufModel.LLAMA);
    if (config.rope().scaling() instanceof Rope.Llama3 scaling) {
      double[] factors =
          RotaryFactors.llama3(
              config.headSize() / 2,
              config.rope().theta(),
              scaling.factor(),
              scaling.lowFrequencyFactor(),
              scaling.highFrequencyFactor(),
              scaling.originalContext());
      TensorSource.Source numbers =
          (from, target, count) -> {
            for (int i = 0; i < count; i++) {
              target[i] = (float) factors[(int) from + i];
            }
          };
      List<Long> shape = List.of((long) factors.length);
      TensorSource tensor = new TensorSource(GgufModel.ROTARY_FACTORS, shape, numbers);
      out.add(GgufModel.ROTARY_FACTORS, GgufType.F32, RowOrder.PLAIN, tensor);
    }
    for (TensorSource w : weights) {
      boolean rotates = interleaves && TensorNames.rotates(w.name());
      GgufType own = w.shape().size() < 2 ? GgufType.F32 : type;
      if (w.shape().get(w.shape().size() - 1) % own.blockSize() != 0) {
        throw new IOException(
            "%s has rows of %d numbers, which are not whole blocks of %d; export as F16 or BF16"
                .formatted(w.name(), w.shape().get(w.shape().size() - 1), own.blockSize()));
      }
      out.add(
          TensorNames.gguf(w.name()).orElseThrow(() -> cannot("a weight " + w.name())),
          own,
          rotates ? new RowOrder(config.headSize()) : RowOrder.PLAIN,
          w);
    }
    out.write(file);
  }

  // llama.cpp's numbers of what a file mostly has.
  private static int fileType(GgufType type) {
    return switch (type) {
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q8_0 -> 7;
      case BF16 -> 32;
      default -> 0;
    };
  }

  private IOException cannot(String what) {
    return new IOException(
        "the model has %s, which its GGUF architecture cannot say; export() writes a Hugging Face folder"
            .formatted(what));
  }

  private String architecture() throws IOException {
    String type = config.family().modelType();
    if (!GgufModel.ARCHITECTURES.containsKey(type) && !type.equals(MISTRAL)) {
      throw new IOException(
          "models of type %s are not written as GGUF; llama, mistral, qwen2 and qwen3 are. export() writes a Hugging Face folder, for llama.cpp's convert_hf_to_gguf.py"
              .formatted(type));
    }
    if (config.slidingWindow() > 0) {
      throw cannot("a sliding window of " + config.slidingWindow());
    }
    return type.equals(MISTRAL) ? GgufModel.LLAMA : type;
  }

  private void putConfig(String prefix, GgufWriter out) throws IOException {
    out.put(prefix + "block_count", config.layers());
    out.put(prefix + "context_length", config.contextLength());
    out.put(prefix + "embedding_length", config.hiddenSize());
    out.put(prefix + "feed_forward_length", config.feedForwardSize());
    out.put(prefix + "attention.head_count", config.heads());
    out.put(prefix + "attention.head_count_kv", config.keyValueHeads());
    out.put(prefix + "attention.key_length", config.headSize());
    out.put(prefix + "attention.value_length", config.headSize());
    out.put(prefix + "attention.layer_norm_rms_epsilon", (float) config.normEpsilon());
    out.put(prefix + "vocab_size", config.vocabularySize());
    out.put(prefix + "rope.dimension_count", config.headSize());
    out.put(prefix + "rope.freq_base", (float) config.rope().theta());
    if (config.rope().part() != 1) {
      throw cannot("a partial rotation");
    }
    if (config.rope().scaling() instanceof Rope.Linear linear) {
      out.put(prefix + "rope.scaling.type", "linear");
      out.put(prefix + "rope.scaling.factor", (float) linear.factor());
    } else if (config.rope().scaling() != null
        && !(config.rope().scaling() instanceof Rope.Llama3)) {
      throw cannot("a scaling of rotary frequencies, " + config.rope().scaling());
    }
  }

  private void putTokenizer(GgufWriter out) throws IOException {
    JsonNode root = JSON.readTree(tokenizer);
    new TokenizerKeys(root, config.vocabularySize(), out).put();
    JsonNode names = JSON.readTree(tokens);
    boolean begins = names.path("add_bos_token").asBoolean();
    for (Map.Entry<String, String> role : GgufTokenizer.ROLES.entrySet()) {
      String text = content(names.path(role.getValue()));
      Integer id = id(root, text);
      if (id != null && !role.getKey().equals("eos")) {
        out.put(GgufTokenizer.PREFIX + role.getKey() + "_token_id", id);
        boolean first = role.getKey().equals("bos");
        begins |= first && root.path("post_processor").path("special_tokens").has(text);
      }
    }
    out.put(GgufTokenizer.PREFIX + "eos_token_id", stopIds.get(0));
    if (stopIds.size() > 1) {
      out.put(GgufTokenizer.PREFIX + "eot_token_id", stopIds.get(1));
    }
    out.put(GgufTokenizer.PREFIX + "add_bos_token", begins);
    template.ifPresent(text -> out.put(GgufFolder.TEMPLATE_KEY, text));
  }

  private static String content(JsonNode token) {
    return (token.isObject() ? token.path("content") : token).asText("");
  }

  private static @Nullable Integer id(JsonNode root, String token) {
    for (JsonNode added : root.path("added_tokens")) {
      if (added.path("content").asText().equals(token)) {
        return added.path("id").asInt();
      }
    }
    JsonNode id = root.path("model").path("vocab").path(token);
    return id.isInt() ? id.asInt() : null;
  }
}
