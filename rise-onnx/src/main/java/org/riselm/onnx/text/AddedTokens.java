package org.riselm.onnx.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The added tokens of a tokenizer: those of {@code tokenizer.json}, then those that only the files
 * beside it have, in the order in which transformers adds them. A token that any of the files names
 * as special is special.
 */
final class AddedTokens {
  private static final List<String> FLAGS = List.of("single_word", "lstrip", "rstrip");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, ObjectNode> tokens = new LinkedHashMap<>();
  // What the files say that a token's id is, by file.
  private final Map<String, Map<String, JsonNode>> claims = new LinkedHashMap<>();

  private final Set<String> special;

  private AddedTokens(Set<String> special) {
    this.special = special;
  }

  /**
   * Merges the files.
   *
   * @param own {@code added_tokens} of {@code tokenizer.json}
   * @param names what the files beside it say
   * @param vocabulary the ids of the tokens of its model
   * @return the list to put in place of {@code own}, which it equals if nothing changes
   * @throws IOException naming the token that would get another id than its file says
   */
  static JsonNode merged(JsonNode own, TokenNames names, Map<String, Integer> vocabulary)
      throws IOException {
    AddedTokens all = new AddedTokens(names.specialTexts());
    for (JsonNode token : own) {
      String text = TokenNames.content(token);
      if (token.isObject() && !text.isEmpty()) {
        all.tokens.putIfAbsent(text, token.deepCopy());
        all.claim("added_tokens", text, token.path("id"));
      }
    }
    if (names.listsTokens()) {
      all.addListed(names.config().path(TokenNames.LIST));
    } else {
      List<Map.Entry<String, JsonNode>> byId = new ArrayList<>(names.added().properties());
      byId.sort(Comparator.comparingInt(token -> token.getValue().asInt()));
      for (Map.Entry<String, JsonNode> token : byId) {
        all.addMissing(token.getKey(), JSON.objectNode());
        all.claim(TokenNames.ADDED, token.getKey(), token.getValue());
      }
    }
    names.special().forEach(token -> all.addMissing(TokenNames.content(token), token));
    all.tokens.forEach(
        (text, token) -> {
          if (all.special.contains(text)) {
            token.put("special", true);
          }
        });
    all.giveIds(vocabulary);
    ArrayNode list = JSON.arrayNode();
    all.tokens.values().forEach(list::add);
    return list;
  }

  private void addListed(JsonNode list) throws IOException {
    Map<Integer, JsonNode> byId = new TreeMap<>();
    for (Map.Entry<String, JsonNode> token : list.properties()) {
      try {
        byId.put(Integer.valueOf(token.getKey()), token.getValue());
      } catch (NumberFormatException e) {
        throw new IOException(
            "%s beside it: %s holds \"%s\", which is no token id"
                .formatted(TokenNames.CONFIG, TokenNames.LIST, token.getKey()),
            e);
      }
    }
    byId.forEach(
        (id, token) -> {
          String text = TokenNames.content(token);
          addMissing(text, token);
          ObjectNode node = tokens.get(text);
          if (node != null) {
            setFlags(node, text, token);
            claim(TokenNames.CONFIG + " beside it", text, JSON.numberNode(id));
          }
        });
  }

  private void claim(String source, String text, JsonNode id) {
    claims.computeIfAbsent(text, t -> new LinkedHashMap<>()).put(source, id);
  }

  private void addMissing(String text, JsonNode flags) {
    if (!text.isEmpty() && !tokens.containsKey(text)) {
      ObjectNode token = JSON.objectNode().put("id", 0).put("content", text);
      setFlags(token, text, flags);
      tokens.put(text, token);
    }
  }

  private void setFlags(ObjectNode token, String text, JsonNode flags) {
    boolean acts = special.contains(text) || flags.path("special").asBoolean();
    for (String flag : FLAGS) {
      token.put(flag, flags.path(flag).asBoolean());
    }
    token.put("normalized", flags.path("normalized").asBoolean(!acts)).put("special", acts);
  }

  /**
   * Gives ids as the tokenizers library does, which takes no notice of those in its file: a token
   * that the model has keeps its id, others follow the largest.
   */
  private void giveIds(Map<String, Integer> vocabulary) throws IOException {
    int next = vocabulary.size();
    for (Map.Entry<String, ObjectNode> entry : tokens.entrySet()) {
      String text = entry.getKey();
      int id = vocabulary.getOrDefault(text, next);
      for (Map.Entry<String, JsonNode> claim : claims.getOrDefault(text, Map.of()).entrySet()) {
        if (!claim.getValue().isInt() || claim.getValue().intValue() != id) {
          throw new IOException(
              ("%s: the token \"%s\" has the id %s; the tokenizers library, which leaves no gaps,"
                      + " gives it %d; correct the id, or fill the gap with tokens such as"
                      + " \"<|reserved_%d|>\"")
                  .formatted(claim.getKey(), text, claim.getValue(), id, id));
        }
      }
      entry.getValue().put("id", id);
      next = Math.max(next, id + 1);
    }
  }
}
