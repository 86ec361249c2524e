package org.riselm.onnx.internal.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.folder.safetensors.TensorFile;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;

class GgufFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "F32")
  void everyFormatIsWhatLlamaCppsPackageMakesOfIt(GgufType type) throws IOException {
    try (GgufFile file = GgufFile.open(Fixtures.file("blocks.gguf"))) {
      float[] expected = Fixtures.floats(file.numbers(type + ".expected"));
      assertEquals(3 * 512, expected.length);
      assertSameBits(expected, Fixtures.floats(file.numbers(type.name())));
      try (Tensor copied = Tensor.zeros(ElementType.FLOAT, 3, 512)) {
        file.copy(type.name(), copied);
        assertSameBits(expected, copied.toFloats());
      }
    }
  }

  @Test
  void aPieceThatBeginsAndEndsWithinBlocksIsThatPart() throws IOException {
    try (GgufFile file = GgufFile.open(Fixtures.file("blocks.gguf"))) {
      TensorSource numbers = file.numbers("Q4_K");
      float[] all = Fixtures.floats(numbers);
      for (int[] piece : new int[][] {{0, 1}, {5, 300}, {250, 10}, {256, 256}, {700, 836}}) {
        float[] part = new float[piece[1]];
        numbers.source().read(piece[0], part, piece[1]);
        assertSameBits(Arrays.copyOfRange(all, piece[0], piece[0] + piece[1]), part);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Bits.class)
  void blocksThatMatricesCanHaveKeepTheirWholeNumbers(Bits bits) throws IOException {
    boolean eight = bits == Bits.EIGHT;
    int half = eight ? 128 : 8;
    try (GgufFile file = GgufFile.open(Fixtures.file("blocks.gguf"))) {
      String name = eight ? "Q8_0" : "Q4_0";
      float[] expected = Fixtures.floats(file.numbers(name));
      TensorFile.BlockSource source = file.blocks(name, bits).orElseThrow();
      ByteBuffer blocks = ByteBuffer.allocate(3 * 512 * bits.count() / 8);
      FloatBuffer scales = FloatBuffer.allocate(48);
      source.read(0, 20, blocks, scales);
      source.read(20, 28, blocks, scales);
      float[] found = new float[3 * 512];
      for (int i = 0; i < found.length; i++) {
        int whole = eight ? blocks.get(i) & 0xFF : blocks.get(i / 2) >> (i % 2 * 4) & 0xF;
        found[i] = scales.get(i / 32) * (whole - half);
      }
      assertArrayEquals(expected, found);
      assertEquals(true, file.blocks("Q4_1", bits).isEmpty());
      assertEquals(true, file.blocks(name, eight ? Bits.FOUR : Bits.EIGHT).isEmpty());
    }
  }

  @Test
  void anInfiniteScaleIsNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(Fixtures.file("blocks.gguf"));
    long begin = GgufHeader.read(Fixtures.file("blocks.gguf")).tensors().get("Q8_0").begin();
    bytes[(int) begin + 1] = 0x7C;
    bytes[(int) begin] = 0;
    Path damaged = Files.write(folder.resolve("damaged.gguf"), bytes);
    try (GgufFile file = GgufFile.open(damaged)) {
      String message =
          assertThrows(IOException.class, () -> file.requireFinite("Q8_0")).getMessage();
      assertEquals(true, message.startsWith(damaged + ": Q8_0: number "), message);
      file.requireFinite("Q4_0");
    }
  }

  private static void assertSameBits(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(found[i]), "number " + i);
    }
  }
}
