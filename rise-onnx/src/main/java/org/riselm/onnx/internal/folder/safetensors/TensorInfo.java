package org.riselm.onnx.internal.folder.safetensors;

import java.util.List;

/**
 * What a file's header says of one tensor, checked.
 *
 * @param name of the tensor
 * @param dtype of its numbers
 * @param shape empty for a scalar
 * @param begin of its bytes, counted from the first byte after the header
 * @param end of its bytes, exclusive; end − begin is what dtype and shape take
 */
public record TensorInfo(String name, Dtype dtype, List<Long> shape, long begin, long end) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** How many numbers it has. */
  public long elements() {
    return (end - begin) / dtype.bytes();
  }
}
