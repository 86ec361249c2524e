package org.riselm.onnx.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/**
 * What a {@code tokenizer.json} says about its tokens.
 *
 * @param root the whole file
 * @param ids every token's id, added tokens included
 * @param specialIds the ids of special tokens
 * @param unknownId what stands for text outside the vocabulary, if anything does
 */
record TokenizerJson(
    ObjectNode root, Map<String, Integer> ids, Set<Integer> specialIds, OptionalInt unknownId) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static TokenizerJson parse(String json) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IOException("it is not JSON: " + e.getOriginalMessage(), e);
    }
    if (!(root instanceof ObjectNode object)
        || !root.path("model").path("vocab").isContainerNode()) {
      throw new IOException("it has no field model.vocab, so it is not a tokenizer.json");
    }
    JsonNode model = root.get("model");
    Map<String, Integer> ids = vocabulary(model.get("vocab"));
    Set<Integer> special = new HashSet<>();
    for (JsonNode token : root.path("added_tokens")) {
      int id = token.path("id").asInt(-1);
      if (id < 0) {
        throw new IOException("added_tokens holds a token without an id: " + token);
      }
      ids.put(token.path("content").asText(), id);
      if (token.path("special").asBoolean()) {
        special.add(id);
      }
    }
    return new TokenizerJson(object, ids, special, unknown(model, ids));
  }

  // WordLevel, WordPiece and BPE map tokens to ids; Unigram lists [token, score] in order.
  private static Map<String, Integer> vocabulary(JsonNode vocabulary) {
    Map<String, Integer> ids = new HashMap<>();
    if (vocabulary.isObject()) {
      vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
    } else {
      for (int i = 0; i < vocabulary.size(); i++) {
        ids.put(vocabulary.get(i).path(0).asText(), i);
      }
    }
    return ids;
  }

  private static OptionalInt unknown(JsonNode model, Map<String, Integer> ids) {
    if (model.path("unk_id").isInt()) {
      return OptionalInt.of(model.get("unk_id").asInt());
    }
    Integer id = ids.get(model.path("unk_token").asText());
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** One more than the largest id. */
  int size() {
    return ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
  }

  /**
   * This tokenizer's file with its special tokens made unwritable, so that their names in a text
   * are plain text.
   *
   * <p>A special token outside the model's own vocabulary gets its id by its place in the list, and
   * so do its neighbours; therefore it is renamed to something no text holds, not removed.
   */
  String withoutSpecialTokens() {
    String nonce = UUID.randomUUID().toString();
    Map<String, Integer> vocabulary = vocabulary(root.path("model").path("vocab"));
    ArrayNode kept = JSON.createArrayNode();
    for (JsonNode token : root.path("added_tokens")) {
      if (!token.path("special").asBoolean()) {
        kept.add(token);
      } else if (!vocabulary.containsKey(token.path("content").asText())) {
        ObjectNode renamed = token.deepCopy();
        kept.add(renamed.put("content", nonce + "-" + token.path("id").asInt()));
      }
    }
    ObjectNode changed = JSON.createObjectNode().setAll(root);
    // The post-processor may refer to the names that are gone, and only adds special tokens.
    return changed.<ObjectNode>set("added_tokens", kept).putNull("post_processor").toString();
  }
}
