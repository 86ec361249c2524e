package org.riselm.onnx.internal.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;

/** Numbers as little-endian 32-bit floats, in pieces; of any size. */
final class LittleEndianFloats {
  private static final int PIECE = 1 << 23;

  /** Takes bytes, one piece after the other. */
  @FunctionalInterface
  interface Sink {
    /** Takes a piece, from its position to its limit; its memory is used again for the next. */
    void put(ByteBuffer piece) throws IOException;
  }

  private LittleEndianFloats() {}

  /** Row by row. */
  static void of(TensorSource numbers, Sink sink) throws IOException {
    of(numbers, PIECE, sink);
  }

  /** Row by row, {@code most} floats at a time. */
  static void of(TensorSource numbers, int most, Sink sink) throws IOException {
    int step = (int) Math.min(most, numbers.elements());
    float[] floats = new float[step];
    ByteBuffer piece = piece(step);
    for (long from = 0; from < numbers.elements(); from += step) {
      int count = (int) Math.min(step, numbers.elements() - from);
      numbers.source().read(from, floats, count);
      piece.clear().asFloatBuffer().put(floats, 0, count);
      sink.put(piece.limit(count * Float.BYTES));
    }
  }

  /** Column by column: the rows of the transpose of a matrix. */
  static void transposed(TensorSource matrix, Sink sink) throws IOException {
    transposed(matrix, PIECE, sink);
  }

  /** Column by column, one column or {@code most} floats at a time. */
  static void transposed(TensorSource matrix, int most, Sink sink) throws IOException {
    int rows = Math.toIntExact(matrix.shape().get(0));
    int columns = Math.toIntExact(matrix.shape().get(1));
    int width = Math.max(1, Math.min(columns, most / rows));
    float[] part = new float[width];
    ByteBuffer piece = piece(Math.multiplyExact(width, rows));
    for (int from = 0; from < columns; from += width) {
      int n = Math.min(width, columns - from);
      FloatBuffer out = piece.clear().asFloatBuffer();
      for (int row = 0; row < rows; row++) {
        matrix.source().read((long) row * columns + from, part, n);
        for (int i = 0; i < n; i++) {
          out.put(i * rows + row, part[i]);
        }
      }
      sink.put(piece.limit(n * rows * Float.BYTES));
    }
  }

  private static ByteBuffer piece(int floats) {
    return ByteBuffer.allocate(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
