package org.riselm.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.folder.ConfigFile;
import org.riselm.onnx.internal.folder.safetensors.SafetensorsFile;
import org.riselm.onnx.internal.folder.safetensors.TensorInfo;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.model.DecoderConfig;

/**
 * A tiny model of Hugging Face transformers and what PyTorch computed with it, as {@code
 * make_families.py} beside the resources wrote it.
 */
public final class GoldenModel {
  /** Those whose configuration can be written without a file that says it already. */
  public static final List<String> WRITTEN =
      List.of("llama2", "llama3", "llama-biased", "mistral", "qwen2", "qwen3");

  /** One of every family, and of every feature within one. */
  public static final List<String> NAMES =
      List.of(
          "llama2",
          "llama3",
          "llama-biased",
          "mistral",
          "qwen2",
          "qwen3",
          "smollm3",
          "gemma2",
          "gemma3",
          "phi3",
          "olmo2",
          "olmo3",
          "granite",
          "granite4",
          "ministral3");

  private final JsonNode document;
  private final DecoderConfig config;
  private final Map<String, float[]> tensors = new HashMap<>();

  private GoldenModel(String name) throws IOException {
    document = new ObjectMapper().readTree(GoldenModel.class.getResourceAsStream(name + ".json"));
    Path configFile = Files.createTempFile("golden", ".json");
    try {
      Files.writeString(configFile, document.get("config").toString());
      config = ConfigFile.read(configFile);
    } finally {
      Files.delete(configFile);
    }
    Path file =
        Path.of(URI.create(GoldenModel.class.getResource(name + ".safetensors").toString()));
    try (SafetensorsFile stored = SafetensorsFile.open(file)) {
      for (TensorInfo e : stored.entries().values()) {
        try (Tensor t = Tensor.zeros(ElementType.FLOAT, e.elements())) {
          stored.copy(e.name(), t);
          tensors.put(e.name(), t.toFloats());
        }
      }
    }
  }

  public static GoldenModel read(String name) {
    try {
      return new GoldenModel(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public DecoderConfig config() {
    return config;
  }

  /** What is written beside the tensors. */
  public JsonNode document() {
    return document;
  }

  /** The numbers of a tensor, row by row. */
  public float[] tensor(String name) {
    return tensors.get(name);
  }

  /** The weights before any step; the caller closes them. */
  public ParameterBlock start() {
    ParameterBlock weights = ParameterBlock.zeros(config);
    for (Parameter p : weights.parameters()) {
      weights.tensor(p.name()).floats().put(tensors.get("start." + p.name()));
    }
    return weights;
  }

  /** The tokens whose logits are known. */
  public int[] ids() {
    JsonNode array = document.get("ids");
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = array.get(i).asInt();
    }
    return ids;
  }
}
