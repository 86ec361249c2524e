package org.riselm.onnx.internal.imported;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.riselm.onnx.internal.graph.StoredTensor;

/** Finds weights that were one before the exporter wrote them twice, as tied heads often are. */
final class DuplicateWeights {
  private final Map<String, String> found = new HashMap<>();

  /** Looks through {@code tensors} of floats. */
  DuplicateWeights(Collection<StoredTensor> tensors) throws IOException {
    for (StoredTensor a : tensors) {
      for (StoredTensor b : tensors) {
        long[] shape = a.shape().sizes();
        long[] other = b.shape().sizes();
        boolean turned = shape.length == 2 && other.length == 2;
        turned = turned && shape[0] == other[1] && shape[1] == other[0] && shape[0] != shape[1];
        if (turned && isTransposed(floats(a), floats(b), (int) shape[0], (int) shape[1])) {
          found.put(a.name(), b.name());
        }
      }
    }
  }

  /** What is to know of {@code name}: that it has a duplicate; empty if it has none. */
  String words(String name) {
    String duplicate = found.get(name);
    return duplicate == null
        ? ""
        : "it is "
            + duplicate
            + " transposed, written twice by the exporter: both are trained apart";
  }

  private static FloatBuffer floats(StoredTensor tensor) throws IOException {
    return tensor.bytes().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  // Ends at the first number that speaks against it.
  private static boolean isTransposed(FloatBuffer a, FloatBuffer b, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        if (a.get(r * columns + c) != b.get(c * rows + r)) {
          return false;
        }
      }
    }
    return true;
  }
}
