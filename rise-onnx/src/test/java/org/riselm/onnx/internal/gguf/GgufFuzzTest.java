package org.riselm.onnx.internal.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.Fuzz;

/** Damaged files end in an error that names the file. */
class GgufFuzzTest {
  private static final List<String> FILES =
      List.of("config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json");

  @TempDir Path folder;

  @Test
  void damagedFiles() throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.file("llama2.gguf"));
    Path file = folder.resolve("model.gguf");
    Fuzz.run(
        file,
        random -> {
          Files.write(file, damaged(random, whole));
          try (GgufFile read = GgufFile.open(file)) {
            for (String name : read.entries().keySet()) {
              read.requireFinite(name);
            }
          }
          if (GgufFolder.is(file)) {
            GgufFolder.text(file.resolve(Fuzz.oneOf(random, FILES.toArray(String[]::new))));
          }
        });
  }

  // Mostly lengths, counts, types and places: what is believed first.
  private static byte[] damaged(SplittableRandom random, byte[] whole) {
    if (random.nextInt(4) == 0) {
      return Fuzz.damaged(random, whole);
    }
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int header = 2200;
      int at = random.nextInt(header);
      long value =
          switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> 1L << random.nextInt(64);
            case 2 -> random.nextInt(256);
            default -> Long.MAX_VALUE >> random.nextInt(60);
          };
      for (int b = 0; b < (random.nextBoolean() ? 8 : 1); b++) {
        bytes[at + b] = (byte) (value >> (8 * b));
      }
    }
    return bytes;
  }
}
