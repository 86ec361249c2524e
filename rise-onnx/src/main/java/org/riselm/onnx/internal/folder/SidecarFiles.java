package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.internal.gguf.GgufFolder;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;

/**
 * The small files beside a model's weights, in memory, to be written again as they were: a folder
 * that comes from elsewhere goes out with all that its readers want to find. Immutable.
 */
public final class SidecarFiles {
  static final String CONFIG = "config.json";
  static final String TOKENIZER = "tokenizer.json";

  private static final List<String> CARRIED =
      List.of(
          CONFIG,
          TOKENIZER,
          PromptPieces.FILE,
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "generation_config.json",
          "chat_template.jinja",
          "chat_template.json",
          "tokenizer.model",
          "vocab.json",
          "merges.txt");

  private static final List<String> TOKENS =
      List.of("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json");

  private static final System.Logger LOG = System.getLogger("org.riselm.onnx.OnnxPolicy");

  private final Map<String, byte[]> files;
  // Where links lead to, by the name of the file.
  private final Map<String, Path> outside;

  private SidecarFiles(Map<String, byte[]> files, Map<String, Path> outside) {
    this.files = files;
    this.outside = outside;
  }

  /** Those of a model that has a tokenizer only, with the files that say more of its tokens. */
  public static SidecarFiles ofTokenizer(Path tokenizerJson) throws IOException {
    SidecarFiles files = read(tokenizerJson.resolveSibling(""), TOKENS);
    files.files.put(TOKENIZER, InputFiles.bytes(tokenizerJson));
    return files;
  }

  /** Those that are in {@code folder}. */
  public static SidecarFiles read(Path folder) throws IOException {
    return read(folder, CARRIED);
  }

  private static SidecarFiles read(Path folder, List<String> names) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Map<String, Path> outside = new LinkedHashMap<>();
    for (String name : names) {
      Path file = folder.resolve(name);
      if (GgufFolder.exists(file)) {
        files.put(name, GgufFolder.bytes(file));
        OutsideLinks.target(folder, file).ifPresent(target -> outside.put(name, target));
      }
    }
    return new SidecarFiles(files, outside);
  }

  /** Returns the text of {@code tokenizer_config.json}; an empty object if there is none. */
  public String tokenizerConfig() {
    byte[] bytes = files.getOrDefault("tokenizer_config.json", new byte[] {'{', '}'});
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Writes them into {@code folder}, for weights of {@code type}; with a configuration made of
   * {@code config} if there was none. What links out of the model's folder led to is logged.
   */
  void write(Path folder, DecoderConfig config, ElementType type) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    outside.forEach(
        (name, target) ->
            LOG.log(
                System.Logger.Level.WARNING,
                "%s of the model's folder is a link to %s; what is written has a copy of that"
                    .formatted(name, target)));
    Path configFile = folder.resolve(CONFIG);
    if (files.containsKey(CONFIG)) {
      ConfigFile.setType(configFile, type);
    } else {
      ConfigFile.write(config, type, configFile);
    }
  }
}
