package org.riselm.examples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsFile;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;

/**
 * What a file or a folder is, which parts of it can be used, and which cannot and why.
 *
 * @param kind in a few words
 * @param supported the parts that can be used, each with what it is
 * @param unsupported the parts that cannot, each with the reason and what to do
 */
record Contents(String kind, Map<String, String> supported, Map<String, String> unsupported) {
  private static final String MAKE_SAFETENSORS =
      "not read: make a Hugging Face folder with safetensors of it";

  /** Endings of files that others write and nothing here reads, with what to do. */
  private static final Map<String, String> NOT_READ =
      Map.of(
          ".gguf", "a model of its own: inspect this file by itself",
          ".bin", MAKE_SAFETENSORS + ", with from_pretrained(…).save_pretrained(…)",
          ".pt", MAKE_SAFETENSORS,
          ".pth", MAKE_SAFETENSORS,
          ".h5", MAKE_SAFETENSORS,
          ".msgpack", MAKE_SAFETENSORS);

  /** What is done with one part; the result says what it is. */
  private interface Check {
    String of() throws IOException;
  }

  /**
   * Looks at {@code path}.
   *
   * @throws NoSuchFileException if there is nothing
   */
  static Contents of(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString(), null, "there is no such file or folder");
    }
    Map<String, Check> checks = new LinkedHashMap<>();
    String kind = Files.isDirectory(path) ? folder(path, checks) : file(path, checks);
    Map<String, String> supported = new LinkedHashMap<>();
    Map<String, String> unsupported = new LinkedHashMap<>();
    for (Map.Entry<String, Check> check : checks.entrySet()) {
      try {
        supported.put(check.getKey(), check.getValue().of());
      } catch (IOException | IllegalArgumentException e) {
        unsupported.put(check.getKey(), String.valueOf(e.getMessage()));
      }
    }
    return new Contents(kind, supported, unsupported);
  }

  private static String folder(Path folder, Map<String, Check> checks) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.map(f -> f.getFileName().toString()).sorted().forEach(names::add);
    }
    String kind = "a folder of other files";
    if (names.contains("adapter_config.json")) {
      kind = "adapters of PEFT; inspect their model with --adapter";
      checks.put(
          "adapter_model.safetensors", () -> tensors(folder.resolve("adapter_model.safetensors")));
    } else if (names.contains("training_model.onnx")) {
      kind = "training artifacts of ONNX Runtime";
      checks.put("artifacts", () -> "open them with ArtifactTrainer");
    } else if (names.contains("config.json")) {
      kind = "a Hugging Face model folder";
      addModel(folder, checks);
    } else if (names.stream().anyMatch(n -> n.endsWith(".onnx"))) {
      kind = "ONNX models";
      checks.put("onnx", () -> "decoders that others exported: open them with OnnxDecoder");
    }
    for (String name : names) {
      addNotRead(name, checks);
    }
    return kind;
  }

  private static String file(Path file, Map<String, Check> checks) throws IOException {
    String name = file.getFileName().toString();
    if (magic(file).equals("GGUF")) {
      addModel(file, checks);
      return "a GGUF file, which is opened like a model folder";
    }
    if (name.endsWith(".safetensors")) {
      checks.put(name, () -> tensors(file));
      return "a file of tensors";
    }
    if (name.endsWith("tokenizer.json")) {
      checks.put(name, () -> tokenizer(file));
      return "a tokenizer";
    }
    if (!addNotRead(name, checks)) {
      checks.put(name, () -> refuse("inspect its folder, a .safetensors file or a tokenizer.json"));
    }
    return "a file";
  }

  private static void addModel(Path model, Map<String, Check> checks) {
    checks.put("config.json", () -> ModelFolder.config(model).toString());
    checks.put("weights", () -> weights(model));
    checks.put("tokenizer", () -> tokenizer(ModelFolder.tokenizer(model)));
    checks.put("prompts", () -> PromptFormat.read(model).getClass().getSimpleName());
  }

  private static boolean addNotRead(String name, Map<String, Check> checks) {
    for (Map.Entry<String, String> ending : NOT_READ.entrySet()) {
      if (name.endsWith(ending.getKey())) {
        checks.put(name, () -> refuse(ending.getValue()));
        return true;
      }
    }
    return false;
  }

  private static String refuse(String why) throws IOException {
    throw new IOException(why);
  }

  private static String magic(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
    }
  }

  private static String weights(Path folder) throws IOException {
    DecoderConfig config = ModelFolder.config(folder);
    try (ModelWeights weights = ModelFolder.openWeights(folder, config)) {
      return "%d tensors".formatted(weights.entries().size());
    }
  }

  private static String tensors(Path file) throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      Map<String, Integer> types = new TreeMap<>();
      tensors.entries().values().forEach(t -> types.merge(t.dtype().name(), 1, Integer::sum));
      return "tensors by type: " + types;
    }
  }

  private static String tokenizer(Path file) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(file)) {
      return "%d ids, special tokens %s"
          .formatted(tokenizer.vocabularySize(), tokenizer.specialTokens().keySet());
    }
  }
}
