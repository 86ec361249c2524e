package org.riselm.onnx.internal.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
  // Small enough to come from the C library's heap.
  private static final int FLOATS = 25_000;
  private static final int TENSORS = 2_500;
  private static final long BYTES = 4L * FLOATS * TENSORS;

  @Test
  void whatIsClosedIsGivenBack() throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < TENSORS; i++) {
      tensors.add(Tensor.zeros(ElementType.FLOAT, FLOATS));
    }
    tensors.forEach(Tensor::zero);
    // One at the end stays open: what lies before it is not given back by itself.
    try (Tensor last = tensors.remove(TENSORS - 1)) {
      tensors.forEach(Tensor::close);
      long kept = ResidentMemory.now();
      NativeMemory.giveBack();
      long given = kept - ResidentMemory.now();
      assertTrue(
          given > BYTES / 2,
          () ->
              "%d of %d MiB were given back, beside %s".formatted(given >> 20, BYTES >> 20, last));
    }
  }
}
