package org.riselm.onnx.internal.folder.safetensors;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.riselm.onnx.internal.runtime.Tensor;

/**
 * A tensor that is written piece by piece, so that it need not be in memory as it is written.
 *
 * @param name of the tensor
 * @param shape of the tensor
 * @param source of its numbers
 */
public record TensorSource(String name, List<Long> shape, Source source) {
  /** Where numbers come from. */
  @FunctionalInterface
  public interface Source {
    /**
     * Puts the numbers from {@code from} on, counted row by row, into the first {@code count}
     * places of {@code target}.
     */
    void read(long from, float[] target, int count) throws IOException;
  }

  public TensorSource {
    shape = List.copyOf(shape);
  }

  /** What {@code tensor}, of 16- or 32-bit floats, holds; it must stay open until it is written. */
  public static TensorSource of(String name, Tensor tensor) {
    Dtype dtype = Dtype.of(tensor.type());
    return new TensorSource(
        name,
        Arrays.stream(tensor.shape()).boxed().toList(),
        (from, target, count) -> {
          try (Tensor piece = tensor.slice(from, count)) {
            dtype.copy(piece.bytes(), FloatBuffer.wrap(target));
          }
        });
  }

  /** How many numbers there are. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
