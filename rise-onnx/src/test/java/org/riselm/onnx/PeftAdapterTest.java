package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.AdapterFolder;
import org.riselm.onnx.internal.folder.ModelInspector;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.ModelWeightsWriter;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;

/**
 * Adapters that PEFT made, and their logits in PyTorch, as {@code make_adapters.py} beside the
 * resources wrote them.
 */
class PeftAdapterTest {
  @TempDir Path folder;

  private static Path adapter(String name) {
    URI file =
        URI.create(PeftAdapterTest.class.getResource("adapters/" + name + ".json").toString());
    return Path.of(file).resolveSibling(name);
  }

  private static JsonNode document(String name) throws IOException {
    return new ObjectMapper()
        .readTree(Files.readAllBytes(adapter(name).resolveSibling(name + ".json")));
  }

  /** The tiny model beside which an adapter stands, as a folder. */
  private Path base(String name, Dtype dtype) throws IOException {
    Path base = Files.createDirectory(folder.resolve("base-" + dtype));
    GoldenModel golden = GoldenModel.read(document(name).get("base").asText());
    Files.writeString(base.resolve("config.json"), golden.document().get("config").toString());
    try (ParameterBlock start = golden.start()) {
      List<TensorSource> numbers = new ArrayList<>();
      start.tensors().forEach((tensor, values) -> numbers.add(TensorSource.of(tensor, values)));
      ModelWeightsWriter.write(base, dtype, numbers, 4000);
    }
    return base;
  }

  private static int[] ids(JsonNode document) {
    int[] ids = new int[document.get("ids").size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = document.get("ids").get(i).asInt();
    }
    return ids;
  }

  private static float[][] logits(Path model, Optional<Path> adapter, int[] ids)
      throws IOException {
    try (ModelInspector probe = ModelInspector.open(model, adapter, 1)) {
      return probe.logits(ids);
    }
  }

  private static void assertNear(float[][] expected, float[][] found, float tolerance) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], found[i], tolerance);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "all-linear", "regex", "layers"})
  void logitsAreThoseOfPyTorchAndMergingKeepsThem(String name) throws IOException {
    long open = NativeMemory.openObjects();
    JsonNode document = document(name);
    int[] ids = ids(document);
    float[][] expected = new ObjectMapper().treeToValue(document.get("logits"), float[][].class);
    Path base = base(name, Dtype.F32);
    assertNear(expected, logits(base, Optional.of(adapter(name)), ids), 1e-4f);
    Path merged = folder.resolve("merged");
    Adapters.merge(base, adapter(name), merged, Precision.FLOAT32);
    assertNear(expected, logits(merged, Optional.empty(), ids), 1e-4f);
    assertThrows(
        AssertionError.class,
        () -> assertNear(expected, logits(base, Optional.empty(), ids), 0.1f));
    Path unmerged = folder.resolve("unmerged");
    Adapters.unmerge(merged, adapter(name), unmerged, Precision.FLOAT32);
    float[][] plain = logits(base, Optional.empty(), ids);
    assertNear(plain, logits(unmerged, Optional.empty(), ids), 1e-4f);
    assertEquals(open, NativeMemory.openObjects());
  }

  @Test
  void aBaseOf16BitsIsComputedWithInFloats() throws IOException {
    int[] ids = ids(document("regex"));
    Path halves = base("regex", Dtype.BF16);
    Path merged = folder.resolve("merged");
    Adapters.merge(halves, adapter("regex"), merged, Precision.FLOAT32);
    assertNear(
        logits(halves, Optional.of(adapter("regex")), ids),
        logits(merged, Optional.empty(), ids),
        1e-4f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention", "all-linear", "regex", "layers"})
  void whatIsWrittenIsReadAgain(String name) throws IOException {
    Path base = base(name, Dtype.F32);
    Path copy = folder.resolve("copy");
    try (ModelInspector probe = ModelInspector.open(base, Optional.of(adapter(name)), 1)) {
      ParameterLayout layout = probe.layout();
      Lora lora = layout.lora().orElseThrow();
      try (ParameterBlock weights = ParameterBlock.zeros(layout.trained())) {
        AdapterFolder.read(adapter(name), weights);
        AdapterFolder.write(
            copy, lora, weights, new AdapterFolder.Base("base", "0", Optional.empty()));
      }
      assertEquals(lora, AdapterFolder.lora(copy, layout.config()));
    }
    int[] ids = ids(document(name));
    assertNear(
        logits(base, Optional.of(adapter(name)), ids), logits(base, Optional.of(copy), ids), 0);
  }

  @Test
  void patternsGiveLayersRanksAndAlphasOfTheirOwn() throws IOException {
    try (ModelWeights ignored = ModelWeights.open(base("regex", Dtype.F32))) {
      Lora lora = AdapterFolder.lora(adapter("regex"), GoldenModel.read("qwen2").config());
      assertEquals(
          Map.of(
              "model.layers.0.self_attn.q_proj", new Lora.Strength(2, 3),
              "model.layers.1.self_attn.q_proj", new Lora.Strength(2, 7.5),
              "model.layers.1.mlp.up_proj", new Lora.Strength(5, 7.5),
              "model.layers.1.mlp.down_proj", new Lora.Strength(5, 7.5)),
          lora.exceptions());
    }
    Lora layers = AdapterFolder.lora(adapter("layers"), GoldenModel.read("mistral").config());
    assertEquals(
        Set.of("model.layers.1.self_attn.o_proj", "model.layers.0.mlp.up_proj"), layers.targets());
  }

  @Test
  void weightsThatDoNotFitAreRefusedByName() throws IOException {
    Path adapter = Files.createDirectory(folder.resolve("adapter"));
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(adapter("attention").resolve(file), adapter.resolve(file));
    }
    Path config = adapter.resolve("adapter_config.json");
    String text = Files.readString(config);
    var model = GoldenModel.read("llama3").config();
    AdapterFolder.lora(adapter, model);
    for (String change :
        List.of(
            "\"r\": 2147483647",
            "\"r\": 5",
            "\"target_modules\": [\"q_proj\"]",
            "\"target_modules\": [\"q_proj\", \"v_proj\", \"o_proj\"]",
            "\"target_modules\": [\"model.layers.7.self_attn.q_proj\"]")) {
      String field = change.substring(0, change.indexOf(':'));
      Files.writeString(config, text.replaceFirst(field + ": (\\d+|\\[[^]]*\\])", change));
      String message =
          assertThrows(IOException.class, () -> AdapterFolder.lora(adapter, model)).getMessage();
      assertTrue(message.contains(adapter.toString()), message);
      assertTrue(message.contains("_proj"), message);
    }
    Files.writeString(config, text);
    Files.delete(adapter.resolve("adapter_model.safetensors"));
    String message =
        assertThrows(IOException.class, () -> AdapterFolder.lora(adapter, model)).getMessage();
    assertTrue(message.contains("adapter_model.safetensors"), message);
  }

  @Test
  void layoutsCountWhatTheirFilesHold() throws IOException {
    Lora lora = AdapterFolder.lora(adapter("regex"), GoldenModel.read("qwen2").config());
    ParameterLayout layout =
        ParameterLayout.lora(GoldenModel.read("qwen2").config(), lora, p -> ElementType.BFLOAT16);
    long bytes = layout.trained().stream().mapToLong(p -> 4 * p.elements()).sum();
    long file = Files.size(adapter("regex").resolve("adapter_model.safetensors"));
    assertTrue(file > bytes && file < bytes + 4000, file + " bytes for numbers of " + bytes);
  }
}
