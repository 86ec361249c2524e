package org.riselm.onnx.internal.gguf;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.riselm.core.internal.util.InputFiles;

/**
 * The small files of a model's folder. A GGUF file counts as the folder that it was made of: {@code
 * model.gguf/config.json} is what its keys say, and so are {@code tokenizer.json}, {@code
 * tokenizer_config.json}, {@code generation_config.json} and {@code chat_template.jinja}.
 */
public final class GgufFolder {
  static final String TEMPLATE_KEY = "tokenizer.chat_template";
  private static final String TEMPLATE = "chat_template.jinja";
  private static final Set<String> ALWAYS =
      Set.of("config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json");

  private GgufFolder() {}

  /** Whether {@code model} is a GGUF file. */
  public static boolean is(Path model) throws IOException {
    return GgufHeader.isGguf(model);
  }

  /** Whether {@code file} is of a GGUF file. */
  public static boolean isWithin(Path file) throws IOException {
    Path folder = file.getParent();
    return folder != null && is(folder);
  }

  /** Whether a folder, or a GGUF file, has {@code file}. */
  public static boolean exists(Path file) throws IOException {
    if (!isWithin(file)) {
      return Files.exists(file);
    }
    String name = file.getFileName().toString();
    return ALWAYS.contains(name)
        || (name.equals(TEMPLATE) && model(file).metadata().has(TEMPLATE_KEY));
  }

  private static GgufModel model(Path file) throws IOException {
    return GgufModel.read(requireNonNull(file.getParent(), "a file's folder"));
  }

  /**
   * Returns the text of a {@code file}, in a folder or in a GGUF file.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  public static String text(Path file) throws IOException {
    if (!isWithin(file)) {
      return InputFiles.text(file);
    }
    GgufModel model = model(file);
    String name = file.getFileName().toString();
    if (name.equals(TEMPLATE)) {
      return model.metadata().text(TEMPLATE_KEY);
    }
    GgufTokenizer tokenizer = new GgufTokenizer(model.metadata());
    JsonNode json =
        switch (name) {
          case "config.json" -> model.config();
          case "tokenizer.json" -> tokenizer.json();
          case "tokenizer_config.json" -> tokenizer.config();
          case "generation_config.json" -> tokenizer.generation();
          default -> throw new IOException(file + ": there is no such file");
        };
    return json.toPrettyString();
  }

  /** Returns the bytes of a {@code file}, in a folder or in a GGUF file. */
  public static byte[] bytes(Path file) throws IOException {
    return isWithin(file) ? text(file).getBytes(StandardCharsets.UTF_8) : InputFiles.bytes(file);
  }
}
