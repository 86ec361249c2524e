package org.riselm.onnx.internal.folder.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;

class ModelWeightsWriterTest {
  @TempDir Path folder;

  /** The numbers offset, offset + 1, …, far more than a piece of them. */
  private static TensorSource counting(String name, long offset, long... shape) {
    return new TensorSource(
        name,
        Arrays.stream(shape).boxed().toList(),
        (from, target, count) -> {
          for (int i = 0; i < count; i++) {
            target[i] = (offset + from + i) % 251;
          }
        });
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatDoesNotFitOneFileGoesIntoSeveral() throws IOException {
    List<TensorSource> tensors =
        List.of(
            counting("a", 1, 2, 3), counting("b", 2, 5), counting("c", 3, 9), counting("d", 4, 1));
    ModelWeightsWriter.write(folder, Dtype.BF16, tensors, 22);
    assertEquals(
        List.of(
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json"),
        files());
    assertTrue(
        Files.readString(folder.resolve(ModelWeights.INDEX)).contains("\"total_size\" : 42"));
    try (ModelWeights read = ModelWeights.open(folder);
        Tensor c = Tensor.zeros(ElementType.FLOAT, 9)) {
      assertEquals(List.of("a", "b", "c", "d"), List.copyOf(read.entries().keySet()));
      assertEquals(List.of(2L, 3L), read.entries().get("a").shape());
      read.copy("c", c);
      assertArrayEquals(new float[] {3, 4, 5, 6, 7, 8, 9, 10, 11}, c.toFloats());
    }
  }

  @Test
  void aTensorThatIsTooLargeForAFileHasOneOfItsOwn() throws IOException {
    ModelWeightsWriter.write(
        folder, Dtype.F32, List.of(counting("a", 1, 9), counting("b", 2, 1)), 8);
    assertEquals(3, files().size());
    try (ModelWeights read = ModelWeights.open(folder)) {
      assertEquals(2, read.entries().size());
    }
  }

  @Test
  void whatFitsHasNoIndex() throws IOException {
    ModelWeightsWriter.write(folder, Dtype.F16, List.of(counting("a", 1, 9)), 18);
    assertEquals(List.of(ModelWeights.FILE), files());
  }

  @Test
  void longTensorsAreWrittenPieceByPiece() throws IOException {
    ModelWeightsWriter.write(folder, Dtype.F16, List.of(counting("a", 7, 3, 1_000_003)), 1 << 30);
    try (ModelWeights read = ModelWeights.open(folder);
        Tensor a = Tensor.zeros(ElementType.FLOAT, 3, 1_000_003)) {
      read.copy("a", a);
      float[] values = a.toFloats();
      for (int i = 0; i < values.length; i++) {
        assertEquals((float) ((7 + i) % 251), values[i], "number " + i);
      }
    }
  }

  @Test
  void aNumberThatIsTooLargeIsNamedByItsTensor() {
    TensorSource large =
        new TensorSource("big", List.of(1L), (from, target, count) -> target[0] = 1e6f);
    String message =
        assertThrows(
                IOException.class,
                () -> ModelWeightsWriter.write(folder, Dtype.F16, List.of(large), 100))
            .getMessage();
    assertTrue(message.contains("big") && message.contains("1000000"), message);
  }
}
