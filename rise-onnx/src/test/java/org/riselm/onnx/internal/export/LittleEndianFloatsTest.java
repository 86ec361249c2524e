package org.riselm.onnx.internal.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.FloatBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.Tensor;

/** Pieces of bytes add up to the whole, in either order. */
class LittleEndianFloatsTest {
  // 1 column per piece, several columns with a rest, and everything in one piece.
  @ParameterizedTest
  @CsvSource({"84, 2, 80", "30, 40, 80", "30, 40, 2000", "5, 4, 20", "1, 6, 80", "6, 1, 80"})
  void rowsAndColumnsComeInOrder(int rows, int columns, int most) throws IOException {
    float[] values = new float[rows * columns];
    float[] byColumn = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
      byColumn[i % columns * rows + i / columns] = i;
    }
    try (Tensor tensor = Tensor.of(values, rows, columns)) {
      TensorSource matrix = TensorSource.of("matrix", tensor);
      FloatBuffer found = FloatBuffer.allocate(values.length);
      LittleEndianFloats.of(matrix, most, piece -> found.put(piece.asFloatBuffer()));
      assertArrayEquals(values, found.array());
      found.clear();
      LittleEndianFloats.transposed(matrix, most, piece -> found.put(piece.asFloatBuffer()));
      assertArrayEquals(byColumn, found.array());
    }
  }
}
