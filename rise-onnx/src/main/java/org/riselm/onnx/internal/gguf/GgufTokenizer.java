package org.riselm.onnx.internal.gguf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file's tokenizer, as Hugging Face's files would have it. */
record GgufTokenizer(Metadata metadata) {
  static final String PREFIX = "tokenizer.ggml.";
  static final String MODEL = PREFIX + "model";
  static final String PRE = PREFIX + "pre";
  static final String TOKENS = PREFIX + "tokens";
  static final String TYPES = PREFIX + "token_type";
  static final String MERGES = PREFIX + "merges";
  static final String SCORES = PREFIX + "scores";
  static final String ADD_SPACE = PREFIX + "add_space_prefix";
  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;

  /** How the roles of tokens are called here and in Hugging Face's files. */
  static final Map<String, String> ROLES =
      Map.of(
          "bos", "bos_token", "eos", "eos_token", "unknown", "unk_token", "padding", "pad_token");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Returns what {@code tokenizer.json} would say. */
  ObjectNode json() throws IOException {
    List<String> tokens = metadata.list(TOKENS, String.class);
    List<Long> types =
        metadata.has(TYPES)
            ? metadata.list(TYPES, Long.class)
            : Collections.nCopies(tokens.size(), (long) NORMAL);
    if (types.size() != tokens.size()) {
      throw metadata.refusal(TYPES, "a list of %d, as many as tokens".formatted(tokens.size()));
    }
    // Models are padded beyond their tokenizers, with tokens that are none.
    int size = tokens.size();
    while (size > 0 && types.get(size - 1) == UNUSED) {
      size--;
    }
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    for (int id = 0; id < size; id++) {
      String token = tokens.get(id);
      Integer other = vocabulary.put(token, id);
      if (other != null) {
        throw new IOException(
            "%s: %s: the token \"%s\" has two ids, %d and %d"
                .formatted(metadata.header().file(), TOKENS, token, other, id));
      }
      long type = types.get(id);
      if (type == CONTROL || type == USER_DEFINED || type == UNKNOWN) {
        added
            .addObject()
            .put("id", id)
            .put("content", token)
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", type != USER_DEFINED);
      }
    }
    root.putNull("normalizer")
        .putNull("pre_tokenizer")
        .putNull("post_processor")
        .putNull("decoder");
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    switch (metadata.text(MODEL)) {
      case "gpt2" -> fillBytes(root, model, vocabulary);
      case "llama" -> fillPieces(root, model, vocabulary);
      default ->
          throw metadata.refusal(MODEL, "gpt2 (byte-level BPE) or llama (SentencePiece BPE)");
    }
    return root;
  }

  private void fillBytes(ObjectNode root, ObjectNode model, Map<String, Integer> vocabulary)
      throws IOException {
    String name = metadata.text(PRE);
    PreTokenizers.Kind kind =
        PreTokenizers.of(name)
            .orElseThrow(() -> metadata.refusal(PRE, PreTokenizers.names().toString()));
    if (kind.normalizes()) {
      root.putObject("normalizer").put("type", "NFC");
    }
    root.set("pre_tokenizer", kind.step());
    root.set("decoder", PreTokenizers.byteLevel(/* cuts= */ true));
    model.put("fuse_unk", false).put("byte_fallback", false);
    model.put("ignore_merges", kind.wholeWords());
    vocabulary.forEach(model.putObject("vocab")::put);
    ArrayNode merges = model.putArray("merges");
    for (String merge : metadata.list(MERGES, String.class)) {
      int space = merge.indexOf(' ', 1);
      String first = merge.substring(0, Math.max(space, 0));
      String second = merge.substring(space + 1);
      if (!vocabulary.containsKey(first)
          || !vocabulary.containsKey(second)
          || !vocabulary.containsKey(first + second)) {
        throw new IOException(
            "%s: %s: \"%s\" does not merge two tokens into one"
                .formatted(metadata.header().file(), MERGES, merge));
      }
      merges.addArray().add(first).add(second);
    }
  }

  private void fillPieces(ObjectNode root, ObjectNode model, Map<String, Integer> vocabulary)
      throws IOException {
    List<Double> scores = metadata.list(SCORES, Double.class);
    if (scores.size() < vocabulary.size()) {
      throw metadata.refusal(SCORES, "a list of as many as tokens");
    }
    boolean prefixes = metadata.flag(ADD_SPACE, true);
    Pieces.setSteps(root, prefixes);
    model.put("fuse_unk", true).put("byte_fallback", true).put("ignore_merges", false);
    String unknown = PREFIX + "unknown_token_id";
    if (metadata.has(unknown)) {
      model.put("unk_token", token(unknown));
    }
    vocabulary.forEach(model.putObject("vocab")::put);
    ArrayNode merges = model.putArray("merges");
    for (Pieces.Merge m : Pieces.merges(vocabulary, scores)) {
      merges.addArray().add(m.first()).add(m.second());
    }
  }

  private String token(String key) throws IOException {
    List<String> tokens = metadata.list(TOKENS, String.class);
    int id = metadata.integer(key);
    if (id >= tokens.size()) {
      throw metadata.refusal(key, "an id below " + tokens.size());
    }
    return tokens.get(id);
  }

  /** Returns what {@code tokenizer_config.json} would say. */
  ObjectNode config() throws IOException {
    ObjectNode config = JSON.createObjectNode();
    for (Map.Entry<String, String> role : ROLES.entrySet()) {
      String key = PREFIX + role.getKey() + "_token_id";
      if (metadata.has(key)) {
        config.put(role.getValue(), token(key));
      }
    }
    return config.put("tokenizer_class", "PreTrainedTokenizerFast");
  }

  /** Returns what {@code generation_config.json} would say. */
  ObjectNode generation() throws IOException {
    ObjectNode generation = JSON.createObjectNode();
    ArrayNode ends = generation.putArray("eos_token_id");
    for (String role : List.of("eos", "eot", "eom")) {
      String key = PREFIX + role + "_token_id";
      if (metadata.has(key)) {
        token(key);
        ends.add(metadata.integer(key));
      }
    }
    return generation;
  }
}
