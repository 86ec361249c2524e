package org.riselm.onnx.internal.artifact;

import java.util.Arrays;
import java.util.List;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;

/** Carries numbers between a checkpoint's tensors and those of sessions. */
public final class TensorViews {
  private TensorViews() {}

  /**
   * Views {@code tensor}, which must stay open as long as the view is used.
   *
   * @throws IllegalArgumentException if it does not hold 32-bit floats
   */
  public static NamedTensor of(String name, Tensor tensor) {
    if (tensor.type() != ElementType.FLOAT) {
      throw new IllegalArgumentException(
          "tensor %s: found %s, expected FLOAT".formatted(name, tensor.type()));
    }
    return new NamedTensor(name, shape(tensor), tensor.bytes());
  }

  /** Copies the numbers of {@code source} into {@code target}, of 32-bit floats and its shape. */
  public static void copy(NamedTensor source, Tensor target) {
    if (target.type() != ElementType.FLOAT || !source.shape().equals(shape(target))) {
      throw new IllegalArgumentException(
          "tensor %s: found %s to copy into, expected FLOAT%s"
              .formatted(source.name(), target, source.shape()));
    }
    target.floats().put(source.floats());
  }

  private static List<Long> shape(Tensor tensor) {
    return Arrays.stream(tensor.shape()).boxed().toList();
  }
}
