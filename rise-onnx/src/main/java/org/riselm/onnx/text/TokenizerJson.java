package org.riselm.onnx.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a {@code tokenizer.json} and the files beside it say about its tokens.
 *
 * @param root the whole file, with the tokens of the others added
 * @param ids every token's id, added tokens included
 * @param special the special tokens and their ids, in the file's order
 * @param reserved the ids that a text must not contain but where markup names their token
 * @param size one more than the largest id
 */
record TokenizerJson(
    ObjectNode root,
    Map<String, Integer> ids,
    Map<String, Integer> special,
    Set<Integer> reserved,
    int size) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static TokenizerJson parse(String json, Path folder) throws IOException {
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
    TokenNames names = TokenNames.read(folder);
    LlamaTokenizerClass.apply(object, names, folder);
    JsonNode model = root.get("model");
    Map<String, Integer> ids = vocabulary(model.get("vocab"));
    object.set("added_tokens", AddedTokens.merged(root.path("added_tokens"), names, ids));
    Map<String, Integer> special = new LinkedHashMap<>();
    for (JsonNode token : root.get("added_tokens")) {
      int id = token.path("id").intValue();
      ids.put(token.path("content").asText(), id);
      if (token.path("special").asBoolean()) {
        special.put(token.path("content").asText(), id);
      }
    }
    Set<Integer> reserved = new HashSet<>(special.values());
    unknown(model, ids).ifPresent(reserved::remove);
    int size = ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    return new TokenizerJson(object, ids, special, reserved, size);
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

  private static Optional<Integer> unknown(JsonNode model, Map<String, Integer> ids) {
    if (model.path("unk_id").isInt()) {
      return Optional.of(model.get("unk_id").asInt());
    }
    return Optional.ofNullable(ids.get(model.path("unk_token").asText()));
  }

  /** The name of a token; empty if no token has the id. */
  String nameOf(int id) {
    return ids.entrySet().stream()
        .filter(token -> token.getValue() == id)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("");
  }

  /** A name for each special token that no text holds. */
  public Map<String, String> secretNames() {
    String nonce = UUID.randomUUID().toString();
    return special.keySet().stream()
        .collect(Collectors.toMap(name -> name, name -> nonce + "-" + special.get(name)));
  }

  /**
   * This tokenizer's file with its special tokens renamed, so that a text that holds their old
   * names is tokenized as any other, and the new names are the special tokens. They are renamed
   * rather than removed because a token outside the model's own vocabulary gets its id by its place
   * in the list.
   *
   * @param names the new name of every special token
   */
  public String renamed(Map<String, String> names) {
    ObjectNode changed = root.deepCopy();
    for (JsonNode token : changed.path("added_tokens")) {
      String name = names.get(token.path("content").asText());
      if (name != null && token instanceof ObjectNode object) {
        object.put("content", name);
      }
    }
    if (changed.get("model") instanceof ObjectNode model) {
      renameModel(model, names);
    }
    // The post-processor may refer to the old names, and only adds special tokens.
    return changed.putNull("post_processor").toString();
  }

  private static void renameModel(ObjectNode model, Map<String, String> names) {
    JsonNode vocabulary = model.path("vocab");
    if (vocabulary instanceof ObjectNode byName) {
      names.forEach(
          (old, name) -> {
            JsonNode id = byName.remove(old);
            if (id != null) {
              byName.set(name, id);
            }
          });
    }
    for (JsonNode piece : vocabulary) {
      String name = names.get(piece.path(0).asText());
      if (name != null && piece instanceof ArrayNode pair) {
        pair.set(0, pair.textNode(name));
      }
    }
    String unknown = names.get(model.path("unk_token").asText());
    if (unknown != null) {
      model.put("unk_token", unknown);
    }
    if (model.get("merges") instanceof ArrayNode merges) {
      ArrayNode kept = JSON.createArrayNode();
      for (JsonNode merge : merges) {
        String[] pair =
            merge.isArray()
                ? new String[] {merge.path(0).asText(), merge.path(1).asText()}
                : merge.asText().split(" ", 2);
        if (!names.containsKey(String.join("", pair))) {
          kept.add(merge);
        }
      }
      model.set("merges", kept);
    }
  }
}
