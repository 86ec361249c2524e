package org.riselm.onnx.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the files beside a {@code tokenizer.json} say of its tokens, with the precedence of Hugging
 * Face's transformers: a {@code tokenizer_config.json} that lists the added tokens is the last
 * word; without such a list, {@code special_tokens_map.json} goes before it.
 *
 * @param config {@code tokenizer_config.json}
 * @param map {@code special_tokens_map.json}
 * @param added {@code added_tokens.json}
 */
record TokenNames(JsonNode config, JsonNode map, JsonNode added) {
  static final String CONFIG = "tokenizer_config.json";
  static final String MAP = "special_tokens_map.json";
  static final String ADDED = "added_tokens.json";
  static final String LIST = "added_tokens_decoder";

  private static final ImmutableSet<String> ROLES =
      ImmutableSet.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");
  private static final String EXTRA = "extra_special_tokens";

  static TokenNames read(Path folder) throws IOException {
    return new TokenNames(
        JsonFiles.read(folder.resolve(CONFIG)),
        JsonFiles.read(folder.resolve(MAP)),
        JsonFiles.read(folder.resolve(ADDED)));
  }

  /** Whether {@code tokenizer_config.json} lists the added tokens. */
  boolean listsTokens() {
    return config.has(LIST);
  }

  /** The special tokens that have a name, such as {@code bos_token}: texts or objects. */
  Map<String, JsonNode> byRole() {
    Map<String, JsonNode> roles = new LinkedHashMap<>();
    for (JsonNode file : listsTokens() ? List.of(map, config) : List.of(config, map)) {
      for (String role : ROLES) {
        put(role, file.path(role), roles);
      }
      file.path(EXTRA).properties().forEach(e -> put(e.getKey(), e.getValue(), roles));
    }
    return roles;
  }

  private static void put(String role, JsonNode token, Map<String, JsonNode> roles) {
    if (!content(token).isEmpty()) {
      roles.put(role, token);
    }
  }

  /** Every special token, with a name or without one. */
  List<JsonNode> special() {
    List<JsonNode> all = new ArrayList<>(byRole().values());
    for (JsonNode file : List.of(config, map)) {
      for (String list : List.of("additional_special_tokens", EXTRA)) {
        if (file.path(list).isArray()) {
          file.path(list).forEach(all::add);
        }
      }
    }
    all.removeIf(token -> content(token).isEmpty());
    return all;
  }

  /** The texts of {@link #special}. */
  Set<String> specialTexts() {
    Set<String> texts = new LinkedHashSet<>();
    special().forEach(token -> texts.add(content(token)));
    return texts;
  }

  /** The text of a token; empty if it has none. */
  static String content(JsonNode token) {
    return (token.isObject() ? token.path("content") : token).asText("");
  }
}
