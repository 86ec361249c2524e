package org.riselm.onnx.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.folder.ModelFolder;
import org.riselm.onnx.internal.folder.ModelInspector;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.model.DecoderConfig;

class GgufModelTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"llama2", "llama-biased", "qwen3"})
  void aFilesModelIsThatOfItsFolder(String name) throws IOException {
    GoldenModel golden = GoldenModel.read(name);
    Path file = Fixtures.file(name + ".gguf");
    DecoderConfig config = ModelFolder.config(file);
    assertEquals(golden.config(), config);
    try (ModelWeights weights = ModelFolder.openWeights(file, config)) {
      for (Parameter p : Parameter.of(config)) {
        assertArrayEquals(
            golden.tensor("start." + p.name()), Fixtures.floats(weights.numbers(p.name())));
      }
    }
    try (ModelInspector model = ModelInspector.open(file, Optional.empty(), 1)) {
      float[][] logits = model.logits(golden.ids());
      float[] expected = golden.tensor("logits");
      for (int i = 0; i < expected.length; i++) {
        int vocabulary = logits[0].length;
        assertEquals(expected[i], logits[i / vocabulary][i % vocabulary], 1e-4);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "general.architecture: llama | llamb | general.architecture is llamb; supported is"
            + " .*llama.*",
        "llama.block_count | llama.block_kount | llama.block_kount is 2; supported is a model"
            + " without.*",
        "tokenizer.ggml.pre: gpt-2 | gpt-x | tokenizer.ggml.pre is gpt-x; supported is"
            + " .*llama-bpe.*",
      })
  void whatIsNotKnownIsRefusedByName(String place, String replacement, String message)
      throws IOException {
    int colon = place.indexOf(": ");
    String key = colon < 0 ? place : place.substring(0, colon);
    String old = colon < 0 ? key : place.substring(colon + 2);
    byte[] bytes = Files.readAllBytes(Fixtures.file("llama2.gguf"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(old, text.indexOf(key) + (old.equals(key) ? 0 : key.length()));
    byte[] with = replacement.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(with, 0, bytes, at, with.length);
    Path file = Files.write(folder.resolve("other.gguf"), bytes);
    String found =
        assertThrows(
                IOException.class,
                () -> {
                  ModelFolder.config(file);
                  GgufFolder.text(file.resolve("tokenizer.json"));
                })
            .getMessage();
    assertTrue(found.startsWith(file + ": "), found);
    assertTrue(found.matches(".*: " + message), found);
  }

  @Test
  void llama3sScalingIsKnownByItsNumbers() {
    double[] factors = RotaryFactors.llama3(64, 500_000, 8, 1, 4, 8192);
    assertEquals(1, factors[0]);
    assertEquals(8, factors[63]);
    // As llama.cpp's converter has it for Llama 3.1 8B, computed in Python.
    assertEquals(1.5534146285049255, factors[30], 1e-12);
  }
}
