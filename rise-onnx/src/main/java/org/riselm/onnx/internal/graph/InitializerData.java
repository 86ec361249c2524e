package org.riselm.onnx.internal.graph;

import java.nio.ByteBuffer;

/** Where the numbers of an initializer are, row by row, little-endian. */
public sealed interface InitializerData {
  /**
   * In the model itself.
   *
   * @param bytes from the buffer's position to its limit; copied
   */
  record Inline(ByteBuffer bytes) implements InitializerData {}

  /**
   * In a file beside the model.
   *
   * @param file its name, without a folder
   * @param offset of the first byte
   * @param length in bytes
   */
  record InFile(String file, long offset, long length) implements InitializerData {}
}
