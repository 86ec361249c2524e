package org.riselm.onnx.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.gguf.GgufFolder;

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

  private static final String TEMPLATE = "chat_template";

  /** Null if the folder has no template. */
  public static @Nullable ChatTemplateFiles read(Path folder) throws IOException {
    Path file = folder.resolve(JINJA);
    String source = null;
    // In transformers, the file of its own goes first.
    if (GgufFolder.exists(file)) {
      source = GgufFolder.text(file);
    }
    for (String name : List.of(TokenNames.CONFIG, "chat_template.json")) {
      if (source == null) {
        file = folder.resolve(name);
        source = template(file, JsonFiles.read(file).path(TEMPLATE));
      }
    }
    if (source == null) {
      return null;
    }
    Map<String, String> tokens = new LinkedHashMap<>();
    TokenNames.read(folder)
        .byRole()
        .forEach((role, token) -> tokens.put(role, TokenNames.content(token)));
    List<Integer> ends = new ArrayList<>();
    for (String name : List.of("generation_config.json", "config.json")) {
      JsonNode end = JsonFiles.read(folder.resolve(name)).path("eos_token_id");
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
}
