package org.riselm.onnx.internal.folder.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;

class SafetensorsFileTest {
  @TempDir Path folder;

  private static FloatBuffer all16(Dtype dtype) {
    ByteBuffer halves = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 1 << 16; i++) {
      halves.putShort((short) i);
    }
    FloatBuffer floats = FloatBuffer.allocate(1 << 16);
    dtype.copy(halves.flip().order(ByteOrder.LITTLE_ENDIAN), floats);
    return floats;
  }

  @Test
  void everyHalfBecomesTheSameNumber() {
    FloatBuffer floats = all16(Dtype.F16);
    for (int i = 0; i < 1 << 16; i++) {
      int exponent = i >> 10 & 31;
      int fraction = i & 1023;
      double sign = i < 1 << 15 ? 1 : -1;
      // IEEE 754, binary16: by arithmetic instead of bits.
      double expected =
          exponent == 31
              ? (fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN)
              : exponent == 0
                  ? sign * fraction / 1024 * Math.pow(2, -14)
                  : sign * (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
      assertEquals(expected, (double) floats.get(i), 0, "half " + i);
    }
    assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(floats.get(1 << 15)));
  }

  @Test
  void everyBrainFloatBecomesTheFloatThatItIsTheUpperHalfOf() {
    FloatBuffer floats = all16(Dtype.BF16);
    for (int i = 0; i < 1 << 16; i++) {
      int bits = Float.floatToRawIntBits(floats.get(i));
      float expected = Float.intBitsToFloat(i << 16);
      // A NaN stays one; its other bits are the machine's.
      assertTrue(bits == i << 16 || (Float.isNaN(floats.get(i)) && Float.isNaN(expected)));
    }
  }

  @Test
  void whatIsWrittenIsReadAgainAndTwiceGivesTheSameBytes() throws IOException {
    Path file = folder.resolve("a.safetensors");
    try (Tensor matrix = Tensor.of(new float[] {1, -0f, Float.MIN_VALUE, 4, 5, 1e30f}, 2, 3);
        Tensor scalar = Tensor.scalar(7);
        Tensor empty = Tensor.zeros(ElementType.FLOAT, 0, 5)) {
      List<TensorSource> tensors =
          List.of(
              TensorSource.of("größe", matrix),
              TensorSource.of("scalar", scalar),
              TensorSource.of("empty", empty));
      SafetensorsWriter.write(file, Dtype.F32, tensors);
      byte[] first = Files.readAllBytes(file);
      SafetensorsWriter.write(file, Dtype.F32, tensors);
      assertArrayEquals(first, Files.readAllBytes(file));
      assertEquals(0, ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
      try (SafetensorsFile read = SafetensorsFile.open(file);
          Tensor copy = Tensor.zeros(ElementType.FLOAT, 2, 3)) {
        assertEquals(List.of(2L, 3L), read.entries().get("größe").shape());
        assertEquals(List.of(), read.entries().get("scalar").shape());
        assertEquals(0, read.entries().get("empty").elements());
        read.copy("größe", copy);
        assertArrayEquals(matrix.toFloats(), copy.toFloats());
      }
    }
    try (var names = Files.list(folder)) {
      assertEquals(List.of(file), names.toList());
    }
  }

  @ParameterizedTest
  @CsvSource({"F16, FLOAT16", "BF16, BFLOAT16", "F32, FLOAT"})
  void numbersCanBeHadInTheFilesOwnType(Dtype dtype, ElementType type) throws IOException {
    assertEquals(type, dtype.elementType());
    int bytes = 6 * dtype.bytes();
    Path file = folder.resolve("a.safetensors");
    Files.write(file, Bytes.file("{" + Bytes.entry("a", dtype + "", "[6]", 0, bytes) + "}", bytes));
    try (SafetensorsFile read = SafetensorsFile.open(file);
        Tensor copy = Tensor.zeros(type, 6);
        Tensor other = Tensor.zeros(ElementType.INT64, 6)) {
      read.copy("a", copy);
      for (int i = 0; i < bytes; i++) {
        assertEquals(i, copy.bytes().get(i));
      }
      assertThrows(IllegalArgumentException.class, () -> read.copy("a", other));
    }
  }

  @Test
  void aFileOfSeveralGigabytesIsReadWhereItsTensorsAre() throws IOException {
    long big = 3L << 30;
    String header =
        "{"
            + Bytes.entry("big", "U8", "[3,1073741824]", 0, big)
            + ","
            + Bytes.entry("wide", "BF16", "[3,536870912]", big, 2 * big)
            + ","
            + Bytes.entry("last", "F32", "[2]", 2 * big, 2 * big + 8)
            + "}";
    Path file = folder.resolve("big.safetensors");
    Files.write(file, Bytes.file(header, 0));
    long end = 8 + header.length() + 2 * big + 8;
    // A hole: the file is long, but takes no room on most file systems.
    try (RandomAccessFile grown = new RandomAccessFile(file.toFile(), "rw")) {
      grown.setLength(end);
      grown.seek(end - 10);
      grown.write(new byte[] {0, 64});
      grown.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(3).putFloat(4).array());
    }
    try (SafetensorsFile read = SafetensorsFile.open(file);
        Tensor last = Tensor.zeros(ElementType.FLOAT, 2)) {
      read.copy("last", last);
      assertArrayEquals(new float[] {3, 4}, last.toFloats());
      float[] piece = new float[2];
      read.numbers("wide").source().read((3L << 29) - 2, piece, 2);
      assertArrayEquals(new float[] {0, 2}, piece);
      String message = assertThrows(IOException.class, () -> read.copy("big", last)).getMessage();
      assertTrue(message.contains("big.safetensors: big") && message.contains("U8"), message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                                                | START_OBJECT",
        "{} {}                                                             | behind its last brace",
        "{\"a\":3}                                                         | a: found",
        "{\"a\":{\"dtype\":\"F32\"}}                                       | needs a dtype",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,8]}}  | F31",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}  | takes 12 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}  | from 8 to 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}} | from 0 to 16",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  | the file has 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}  | a gap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,8],\"data_offsets\":[0,8]}} | too"
            + " large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}  |"
            + " shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}} | unknown field"
            + " x",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
            + " | Duplicate",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
            + " | begin at 4",
      })
  void aHeaderThatDoesNotFitItsFileIsRefused(String header, String expected) throws IOException {
    Path file = folder.resolve("wrong.safetensors");
    Files.write(file, Bytes.file(header, 8));
    String message = assertThrows(IOException.class, () -> SafetensorsFile.open(file)).getMessage();
    assertTrue(message.contains(file.toString()) && message.contains(expected), message);
  }

  @ParameterizedTest
  @CsvSource({"-1", "1", "9", "100000001", "9223372036854775807"})
  void aHeaderLengthThatCannotBeIsRefused(long length) throws IOException {
    Path file = folder.resolve("wrong.safetensors");
    byte[] bytes = Bytes.file("{}      ", 0);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(file, bytes);
    String message = assertThrows(IOException.class, () -> SafetensorsFile.open(file)).getMessage();
    assertTrue(message.contains(Long.toString(length)), message);
  }

  private void shard(String name, String tensor, float... values) throws IOException {
    String header = "{" + Bytes.entry(tensor, "F32", "[2]", 0, 8) + "}";
    byte[] bytes = Bytes.file(header, 8);
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    data.position(8 + header.length());
    for (float v : values) {
      data.putFloat(v);
    }
    Files.write(folder.resolve(name), bytes);
  }

  private void index(String map) throws IOException {
    Files.writeString(
        folder.resolve(ModelWeights.INDEX), "{\"metadata\":{},\"weight_map\":" + map + "}");
  }

  @Test
  void theIndexSaysWhichFileHasWhat() throws IOException {
    shard("model-00001-of-00002.safetensors", "a", 1, 2);
    shard("model-00002-of-00002.safetensors", "b", 3, 4);
    index(
        "{\"b\":\"model-00002-of-00002.safetensors\",\"a\":\"model-00001-of-00002.safetensors\"}");
    try (ModelWeights weights = ModelWeights.open(folder);
        Tensor values = Tensor.zeros(ElementType.FLOAT, 2)) {
      assertEquals(2, weights.entries().size());
      weights.copy("b", values);
      assertArrayEquals(new float[] {3, 4}, values.toFloats());
      weights.copy("a", values);
      assertArrayEquals(new float[] {1, 2}, values.toFloats());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":\"../one.safetensors\"}                | ../one.safetensors",
        "{\"a\":\"/etc/one.safetensors\"}              | /etc/one",
        "{\"a\":\"..\\\\one.safetensors\"}             | a safetensors file",
        "{\"a\":\"one.bin\"}                           | one.bin",
        "{\"a\":3}                                     | a: 3",
        "{}                                            | weight_map",
        "[]                                            | weight_map",
        "{\"a\":\"none.safetensors\"}                  | none.safetensors",
        "{\"c\":\"one.safetensors\"}                   | c: one.safetensors has no such tensor",
        "{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\",\"a\":\"one.safetensors\"} |"
            + " Duplicate",
      })
  void anIndexThatIsWrongIsRefused(String map, String expected) throws IOException {
    shard("one.safetensors", "a", 1, 2);
    shard("two.safetensors", "b", 1, 2);
    index(map);
    String message = assertThrows(IOException.class, () -> ModelWeights.open(folder)).getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void aTensorThatTheIndexDoesNotSayIsRefused() throws IOException {
    String header =
        "{" + Bytes.entry("a", "U8", "[4]", 0, 4) + "," + Bytes.entry("b", "U8", "[4]", 4, 8) + "}";
    Files.write(folder.resolve("one.safetensors"), Bytes.file(header, 8));
    index("{\"a\":\"one.safetensors\"}");
    String message = assertThrows(IOException.class, () -> ModelWeights.open(folder)).getMessage();
    assertTrue(message.contains("b is in one.safetensors"), message);
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Path file = folder.resolve("a.safetensors");
    try (Tensor one = Tensor.of(new float[] {1}, 1)) {
      SafetensorsWriter.write(file, Dtype.F32, List.of(TensorSource.of("a", one)));
    }
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    assertTrue(text.startsWith(header, 8), text);
    assertTrue(text.endsWith("\0\0\u0080?"), text);
  }
}
