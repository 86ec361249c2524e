package org.riselm.onnx.internal.gguf;

import java.util.List;

/**
 * What a file's header says of a tensor, checked.
 *
 * @param name of the tensor, which is llama.cpp's
 * @param shape the number that changes fastest last
 * @param type of its numbers
 * @param begin of its bytes, from the file's first
 */
record GgufTensor(String name, List<Long> shape, GgufType type, long begin) {
  GgufTensor {
    shape = List.copyOf(shape);
  }

  /** Returns the length of a row; 1 for a vector, so that its numbers are its rows. */
  long columns() {
    return shape.size() < 2 ? 1 : shape.get(shape.size() - 1);
  }

  long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  long bytes() {
    return elements() / type.blockSize() * type.blockBytes();
  }
}
