package org.riselm.onnx.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.decoder.BlockFormat;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.folder.BaseWeights;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;
import org.riselm.onnx.model.Rope;

class GgufExportTest {
  @TempDir Path folder;

  private Path write(DecoderConfig config, GgufType type, List<TensorSource> weights)
      throws IOException {
    Path tiny = Fixtures.file("llama2.gguf");
    Path file = folder.resolve("written.gguf");
    new GgufExport(
            config,
            GgufFolder.text(tiny.resolve("tokenizer.json")),
            GgufFolder.text(tiny.resolve("tokenizer_config.json")),
            Optional.of("{{ messages }}"),
            List.of(10))
        .write(file, type, weights);
    return file;
  }

  private static List<TensorSource> sources(ParameterBlock weights) {
    List<TensorSource> sources = new ArrayList<>();
    for (Parameter p : weights.parameters()) {
      sources.add(TensorSource.of(p.name(), weights.tensor(p.name())));
    }
    return sources;
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama2", "llama-biased", "qwen3"})
  void whatIsWrittenIsReadAsItWas(String name) throws IOException {
    GoldenModel golden = GoldenModel.read(name);
    try (ParameterBlock weights = golden.start()) {
      Path file = write(golden.config(), GgufType.F32, sources(weights));
      assertEquals(golden.config(), ModelFolder.config(file));
      try (ModelWeights read = ModelFolder.openWeights(file, golden.config())) {
        for (Parameter p : weights.parameters()) {
          assertArrayEquals(
              golden.tensor("start." + p.name()), Fixtures.floats(read.numbers(p.name())));
        }
      }
      for (String small : List.of("tokenizer.json", "generation_config.json")) {
        assertEquals(
            GgufFolder.text(Fixtures.file("llama2.gguf").resolve(small)),
            GgufFolder.text(file.resolve(small)));
      }
      assertEquals("{{ messages }}", GgufFolder.text(file.resolve("chat_template.jinja")));
    }
  }

  @Test
  void llama3sScalingIsReadAsItWasWritten() throws IOException {
    DecoderConfig config =
        config().rope(new Rope(500_000, 1, new Rope.Llama3(32, 1, 4, 8192))).build();
    try (ParameterBlock weights = ParameterBlock.random(config, 1)) {
      assertEquals(config, ModelFolder.config(write(config, GgufType.BF16, sources(weights))));
    }
  }

  private static DecoderConfig.Builder config() {
    return DecoderConfig.builder(11)
        .hiddenSize(32)
        .layers(2)
        .heads(2)
        .keyValueHeads(1)
        .headSize(32)
        .feedForwardSize(64)
        .contextLength(64)
        .tiedHead(true);
  }

  @ParameterizedTest
  @EnumSource(Bits.class)
  void quantizedFilesKeepTheirWholeNumbersInMemory(Bits bits) throws IOException {
    DecoderConfig config = config().build();
    GgufType type = bits == Bits.EIGHT ? GgufType.Q8_0 : GgufType.Q4_0;
    try (ParameterBlock weights = ParameterBlock.random(config, 1);
        Resources owner = new Resources()) {
      Path file = write(config, type, sources(weights));
      try (ModelWeights stored = ModelFolder.openWeights(file, config)) {
        ParameterLayout layout = BaseWeights.frozen(stored, config).quantized(bits);
        ModelTensors read = BaseWeights.read(owner, stored, layout);
        for (Parameter p : weights.parameters()) {
          if (p.isMatrix()) {
            int numbers = (int) p.elements();
            ByteBuffer blocks = ByteBuffer.allocate(numbers * bits.count() / 8);
            FloatBuffer scales = FloatBuffer.allocate(numbers / 32);
            stored.blocks(p.name(), bits).orElseThrow().read(0, numbers / 32, blocks, scales);
            assertEquals(blocks.flip(), read.frozen(p.name()).bytes(), p.name());
            assertEquals(
                scales.flip(), read.frozen(BlockFormat.scales(p.name())).floats(), p.name());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0"})
  void blocksAreWhatLlamaCppsPackageMakesOfTheNumbers(GgufType type) throws IOException {
    Path encoded = Fixtures.file("encoded.gguf");
    byte[] bytes = Files.readAllBytes(encoded);
    GgufTensor expected = GgufHeader.read(encoded).tensors().get(type.name());
    try (GgufFile file = GgufFile.open(encoded)) {
      float[] numbers = Fixtures.floats(file.numbers("numbers"));
      ByteBuffer found = ByteBuffer.allocate((int) expected.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at < numbers.length; at += 32) {
        type.encode(numbers, at, found);
      }
      assertEquals(
          ByteBuffer.wrap(bytes, (int) expected.begin(), (int) expected.bytes()), found.flip());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gemma2, 0, models of type gemma2 are not written as GGUF",
    "mistral, 8, the model has a sliding window of 8",
  })
  void whatAFileCannotSayIsRefusedAndNothingIsWritten(String family, int window, String message)
      throws IOException {
    DecoderConfig config = config().family(new Family(family, "X")).build();
    if (window > 0) {
      config = config.toBuilder().slidingWindow(window, Set.of(0, 1)).build();
    }
    DecoderConfig other = config;
    try (ParameterBlock weights = ParameterBlock.random(config, 1)) {
      String found =
          assertThrows(IOException.class, () -> write(other, GgufType.F32, sources(weights)))
              .getMessage();
      assertTrue(found.startsWith(message), found);
    }
    assertFalse(Files.exists(folder.resolve("written.gguf")));
  }
}
