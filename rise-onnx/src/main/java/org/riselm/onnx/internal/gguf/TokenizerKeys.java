package org.riselm.onnx.internal.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.gguf.PreTokenizers.Kind;

/** Puts a {@code tokenizer.json} into the keys of a file. */
final class TokenizerKeys {
  private static final int BYTE = 6;

  private final JsonNode root;
  private final GgufWriter out;
  private final List<String> tokens;
  private final List<Integer> types;

  /**
   * Prepares to write.
   *
   * @param root with all tokens
   * @param size how many ids the model has
   */
  TokenizerKeys(JsonNode root, int size, GgufWriter out) {
    this.root = root;
    this.out = out;
    this.tokens = new ArrayList<>();
    this.types = new ArrayList<>(Collections.nCopies(size, GgufTokenizer.UNUSED));
    for (int id = 0; id < size; id++) {
      tokens.add("[PAD%d]".formatted(id));
    }
  }

  /**
   * Puts tokens, their kinds, merges or scores, and how texts are cut.
   *
   * @throws IOException naming what of the tokenizer llama.cpp does not have
   */
  void put() throws IOException {
    JsonNode model = root.path("model");
    if (!model.path("type").asText().equals("BPE")) {
      throw refusal("model.type", model.path("type"), "BPE");
    }
    model
        .path("vocab")
        .properties()
        .forEach(token -> set(token.getValue().asInt(), token.getKey(), GgufTokenizer.NORMAL));
    for (JsonNode added : root.path("added_tokens")) {
      boolean special = added.path("special").asBoolean();
      int type = special ? GgufTokenizer.CONTROL : GgufTokenizer.USER_DEFINED;
      set(added.path("id").asInt(), added.path("content").asText(), type);
    }
    boolean pieces = model.path("byte_fallback").asBoolean();
    out.put(GgufTokenizer.MODEL, pieces ? "llama" : "gpt2");
    if (pieces) {
      putPieces(model);
    } else {
      out.put(GgufTokenizer.PRE, name(model));
      List<String> merges = new ArrayList<>();
      model.path("merges").forEach(m -> merges.add(merge(m)));
      if (!merges.isEmpty()) {
        out.put(GgufTokenizer.MERGES, merges);
      }
    }
    out.put(GgufTokenizer.TOKENS, tokens);
    out.put(GgufTokenizer.TYPES, types);
  }

  private void set(int id, String token, int type) {
    if (id < tokens.size()) {
      tokens.set(id, token);
      types.set(id, type);
    }
  }

  private static String merge(JsonNode merge) {
    return merge.isArray() ? merge.path(0).asText() + " " + merge.path(1).asText() : merge.asText();
  }

  private static IOException refusal(String field, JsonNode found, String supported) {
    String text = found.toString();
    return new IOException(
        "tokenizer.json: %s is %s, which a GGUF file cannot say; supported is %s"
            .formatted(
                field, text.length() > 300 ? text.substring(0, 300) + "…" : text, supported));
  }

  private String name(JsonNode model) throws IOException {
    JsonNode step = root.path("pre_tokenizer");
    List<JsonNode> steps = new ArrayList<>();
    if (step.path("type").asText().equals("Sequence")) {
      step.path("pretokenizers").forEach(steps::add);
    } else {
      steps.add(step);
    }
    String regex = "";
    boolean digits = false;
    boolean bytes = false;
    for (JsonNode s : steps) {
      switch (s.path("type").asText()) {
        case "Digits" -> digits = s.path("individual_digits").asBoolean();
        case "Split" -> regex = s.path("pattern").path("Regex").asText();
        case "ByteLevel" -> bytes = !s.path("add_prefix_space").asBoolean();
        default -> bytes = false;
      }
    }
    JsonNode normalizer = root.path("normalizer");
    boolean normalizes = normalizer.path("type").asText().equals("NFC");
    boolean cuts = step.findPath("use_regex").asBoolean(true);
    if (!bytes
        || (!normalizer.isNull() && !normalizer.isMissingNode() && !normalizes)
        || cuts != regex.isEmpty()) {
      throw refusal("pre_tokenizer", step, PreTokenizers.names().toString());
    }
    Kind kind = new Kind(regex, digits, model.path("ignore_merges").asBoolean(), normalizes);
    return PreTokenizers.name(kind)
        .orElseThrow(() -> refusal("pre_tokenizer", step, PreTokenizers.names().toString()));
  }

  /** A token's score is the rank of the merge that makes it. */
  private void putPieces(JsonNode model) throws IOException {
    JsonNode normalizers = root.path("normalizer");
    JsonNode step = root.path("pre_tokenizer");
    boolean metaspace = step.path("type").asText().equals("Metaspace");
    boolean replaces = normalizers.toString().contains("\"▁\"");
    if (!metaspace && !replaces) {
      throw refusal("normalizer", normalizers, "SentencePiece's, which makes ▁ of spaces");
    }
    boolean prefixes =
        metaspace
            ? !step.path("prepend_scheme").asText("always").equals("never")
            : normalizers.toString().contains("Prepend");
    Map<String, Float> ranks = new HashMap<>();
    int rank = 0;
    for (JsonNode merge : model.path("merges")) {
      ranks.putIfAbsent(merge(merge).replace(" ", ""), (float) -rank++);
    }
    List<Float> scores = new ArrayList<>();
    String unknown = model.path("unk_token").asText("");
    for (int id = 0; id < tokens.size(); id++) {
      String token = tokens.get(id);
      scores.add(ranks.getOrDefault(token, 0f));
      if (token.matches("<0x[0-9A-F]{2}>")) {
        types.set(id, BYTE);
      } else if (token.equals(unknown)) {
        types.set(id, GgufTokenizer.UNKNOWN);
      }
    }
    out.put(GgufTokenizer.SCORES, scores);
    out.put(GgufTokenizer.PRE, "default");
    out.put(GgufTokenizer.ADD_SPACE, prefixes);
  }
}
