package org.riselm.onnx.internal.folder.safetensors;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.Fuzz;

/** Damaged files of weights, and damaged indexes, end in an error that names the file. */
class SafetensorsFuzzTest {
  private static final List<String> SHAPES =
      List.of("[2]", "[1,2]", "[]", "[0]", "[9223372036854775807,9223372036854775807]", "[-1]");
  private static final List<String> FILES =
      List.of(
          "one.safetensors",
          "../one.safetensors",
          "/one.safetensors",
          "model.safetensors",
          "",
          ".");

  @TempDir Path folder;

  @Test
  void damagedFiles() throws IOException {
    Path file = folder.resolve("one.safetensors");
    Fuzz.run(
        file,
        random -> {
          Files.write(file, damagedFile(random));
          try (SafetensorsFile read = SafetensorsFile.open(file)) {
            long size = Files.size(file);
            for (TensorInfo e : read.entries().values()) {
              if (e.begin() < 0 || e.end() < e.begin() || e.end() > size) {
                throw new AssertionError(e + " is not in a file of " + size);
              }
            }
          }
        });
  }

  private static byte[] damagedFile(SplittableRandom random) {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    long end = 0;
    for (int i = random.nextInt(5); i > 0; i--) {
      long begin = end + (random.nextInt(10) == 0 ? random.nextLong() : 0);
      end = begin + (random.nextInt(10) == 0 ? random.nextLong() : 8);
      String shape = SHAPES.get(random.nextInt(12) == 0 ? random.nextInt(SHAPES.size()) : 0);
      Dtype dtype = random.nextInt(8) == 0 ? Fuzz.oneOf(random, Dtype.values()) : Dtype.F32;
      header
          .append(',')
          .append(Bytes.entry("t" + random.nextInt(20), dtype.name(), shape, begin, end));
    }
    String json = header.append('}').toString();
    byte[] bytes = Bytes.file(json, (int) Math.min(64, Math.max(0, end)));
    return random.nextInt(3) == 0 ? bytes : Fuzz.damaged(random, bytes);
  }

  @Test
  void damagedIndexes() throws IOException {
    String header = "{" + Bytes.entry("t0", "F32", "[2]", 0, 8) + "}";
    Files.write(folder.resolve("one.safetensors"), Bytes.file(header, 8));
    Path index = folder.resolve(ModelWeights.INDEX);
    Fuzz.run(
        folder,
        random -> {
          StringBuilder json = new StringBuilder("{\"weight_map\":{");
          for (int i = random.nextInt(4); i >= 0; i--) {
            String file = FILES.get(random.nextInt(3) == 0 ? random.nextInt(FILES.size()) : 0);
            json.append("\"t%d\":\"%s\"%s".formatted(random.nextInt(2), file, i > 0 ? "," : ""));
          }
          byte[] bytes = json.append("}}").toString().getBytes(StandardCharsets.UTF_8);
          Files.write(index, random.nextInt(3) == 0 ? bytes : Fuzz.damaged(random, bytes));
          ModelWeights.open(folder).close();
        });
  }
}
