package org.riselm.onnx.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Transformers' {@code LlamaTokenizer}, which takes vocabulary and merges from {@code
 * tokenizer.json} and builds the steps around them anew: what the file says of those has no effect.
 */
final class LlamaTokenizerClass {
  private static final String SPACE = "▁";

  private LlamaTokenizerClass() {}

  /**
   * Builds the steps of {@code root}, a {@code tokenizer.json}, as the class does, if it is the one
   * that transformers loads the folder with.
   *
   * @throws IOException if the class cannot be made of such a file
   */
  static void apply(ObjectNode root, TokenNames names, Path folder) throws IOException {
    JsonNode model = JsonFiles.read(folder.resolve("config.json"));
    if (!isLoaded(names.config(), model) || isByteLevel(root)) {
      return;
    }
    if (!(root.get("model") instanceof ObjectNode bpe)
        || !bpe.path("type").asText().equals("BPE")) {
      throw new IOException(
          "its model is %s, and %s says LlamaTokenizer, which is BPE; name another tokenizer_class"
              .formatted(root.path("model").path("type"), TokenNames.CONFIG));
    }
    bpe.put("fuse_unk", true).put("byte_fallback", true).put("ignore_merges", false);
    bpe.putNull("unk_token").putNull("dropout");
    JsonNode config = names.config();
    boolean prefixes = config.path("add_prefix_space").asBoolean(true);
    String scheme = config.path("legacy").asBoolean(false) ? "always" : "first";
    root.putNull("normalizer");
    root.putObject("pre_tokenizer")
        .put("type", "Metaspace")
        .put("replacement", SPACE)
        .put("prepend_scheme", prefixes ? scheme : "never")
        .put("split", false);
    ObjectNode decoder = root.putObject("decoder").put("type", "Sequence");
    ArrayNode steps = decoder.putArray("decoders");
    ObjectNode spaces = steps.addObject().put("type", "Replace").put("content", " ");
    spaces.putObject("pattern").put("String", SPACE);
    steps.addObject().put("type", "ByteFallback");
    steps.addObject().put("type", "Fuse");
    if (prefixes) {
      steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
  }

  // Other families' configurations make transformers take the file as it is.
  private static boolean isLoaded(JsonNode config, JsonNode model) {
    String named = config.path("tokenizer_class").asText(model.path("tokenizer_class").asText());
    String family = model.path("model_type").asText();
    return (named.equals("LlamaTokenizer") || named.equals("LlamaTokenizerFast"))
        && (family.isEmpty() || family.equals("llama"))
        && !config.has("auto_map");
  }

  private static boolean isByteLevel(ObjectNode root) {
    return root.path("pre_tokenizer").findValuesAsText("type").contains("ByteLevel")
        || root.path("decoder").findValuesAsText("type").contains("ByteLevel");
  }
}
