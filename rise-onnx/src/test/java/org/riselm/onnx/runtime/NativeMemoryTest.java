package org.riselm.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  // Small enough to come from the C library's heap.
  private static final int FLOATS = 25_000;
  private static final int TENSORS = 2_500;
  private static final long BYTES = 4L * FLOATS * TENSORS;

  private static long resident() throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsClosedIsGivenBack() throws IOException {
    assumeTrue(Files.isReadable(STATUS), "only Linux tells what is resident");
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < TENSORS; i++) {
      tensors.add(Tensor.zeros(ElementType.FLOAT, FLOATS));
    }
    tensors.forEach(Tensor::zero);
    // One at the end stays open: what lies before it is not given back by itself.
    try (Tensor last = tensors.remove(TENSORS - 1)) {
      tensors.forEach(Tensor::close);
      long kept = resident();
      NativeMemory.giveBack();
      long given = kept - resident();
      assertTrue(
          given > BYTES / 2,
          () ->
              "%d of %d MiB were given back, beside %s".formatted(given >> 20, BYTES >> 20, last));
    }
  }
}
