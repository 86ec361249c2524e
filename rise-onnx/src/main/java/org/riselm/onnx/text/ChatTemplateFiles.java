package org.riselm.onnx.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Hugging Face folder says about its chats.
 *
 * @param file where the template stands
 * @param source the template
 * @param specialTokens what it may call them, such as {@code bos_token}, and their texts
 * @param endIds the ids that end a response by {@code generation_config.json} and {@code
 *     config.json}
 */
record ChatTemplateFiles(
    Path file, String source, Map<String, String> specialTokens, List<Integer> endIds) {
  public static final String JINJA = "chat_template.jinja";
  public static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  private static final String TEMPLATE = "chat_template";
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Null if the folder has no template. */
  public static @Nullable ChatTemplateFiles read(Path folder) throws IOException {
    JsonNode config = json(folder.resolve(TOKENIZER_CONFIG));
    Path file = folder.resolve(JINJA);
    String source = null;
    // In transformers, the file of its own goes first.
    if (Files.isRegularFile(file)) {
      source = text(file);
    }
    for (String name : List.of(TOKENIZER_CONFIG, "chat_template.json")) {
      if (source == null) {
        file = folder.resolve(name);
        source = template(file, json(file).path(TEMPLATE));
      }
    }
    if (source == null) {
      return null;
    }
    Map<String, String> tokens = new LinkedHashMap<>();
    addTokens(json(folder.resolve("special_tokens_map.json")), tokens);
    addTokens(config, tokens);
    List<Integer> ends = new ArrayList<>();
    for (String name : List.of("generation_config.json", "config.json")) {
      JsonNode end = json(folder.resolve(name)).path("eos_token_id");
      for (JsonNode id : end.isArray() ? end : List.of(end)) {
        if (id.isInt()) {
          ends.add(id.intValue());
        }
      }
    }
    return new ChatTemplateFiles(file, source, tokens, List.copyOf(ends));
  }

  /** One template, or the one named "default" of several; null if there is none. */
  private static @Nullable String template(Path file, JsonNode template) throws IOException {
    if (template.isTextual()) {
      return template.asText();
    }
    List<String> names = new ArrayList<>();
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default") && named.path("template").isTextual()) {
        return named.path("template").asText();
      }
      names.add(named.path("name").asText());
    }
    if (!names.isEmpty()) {
      throw new IOException(
          "%s: none of its chat templates is named \"default\", only %s".formatted(file, names));
    }
    return null;
  }

  private static void addTokens(JsonNode config, Map<String, String> tokens) {
    for (String role : ROLES) {
      addToken(role, config.path(role), tokens);
    }
    config
        .path("extra_special_tokens")
        .properties()
        .forEach(e -> addToken(e.getKey(), e.getValue(), tokens));
  }

  private static void addToken(String role, JsonNode token, Map<String, String> tokens) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    if (text.isTextual()) {
      tokens.put(role, text.asText());
    }
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IOException("%s: it is not UTF-8 text".formatted(file), e);
    }
  }

  private static JsonNode json(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return JSON.missingNode();
    }
    try {
      return JSON.readTree(text(file));
    } catch (JsonProcessingException e) {
      throw new IOException("%s: it is not JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }
}
