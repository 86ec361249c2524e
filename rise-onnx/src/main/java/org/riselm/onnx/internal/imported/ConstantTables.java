package org.riselm.onnx.internal.imported;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.internal.graph.StoredTensor;

/** Tells tables that exporters write beside the weights by what is in them. */
final class ConstantTables {
  /** Attention scores this low are as good as minus infinity. */
  private static final float MASKED = -1e4f;

  private static final double ROUNDING = 1e-3;

  private final Map<String, String> found = new HashMap<>();

  /** Looks through {@code tensors} of floats, of more than one number each. */
  ConstantTables(Collection<StoredTensor> tensors) throws IOException {
    for (StoredTensor a : tensors) {
      if (isMask(floats(a))) {
        found.put(a.name(), "it is a mask: nothing but 0 and numbers below " + MASKED);
      }
    }
    for (StoredTensor a : tensors) {
      for (StoredTensor b : tensors) {
        boolean apart = a != b && !found.containsKey(a.name()) && !found.containsKey(b.name());
        if (apart && a.shape().equals(b.shape()) && areCosinesAndSines(floats(a), floats(b))) {
          found.put(a.name(), "its squares and those of " + b.name() + " sum to 1: a rotary table");
          found.put(b.name(), "its squares and those of " + a.name() + " sum to 1: a rotary table");
        }
      }
    }
  }

  /** Why {@code name} is a table and no weight; empty if it is none. */
  Optional<String> why(String name) {
    return Optional.ofNullable(found.get(name));
  }

  private static FloatBuffer floats(StoredTensor tensor) throws IOException {
    return tensor.bytes().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  // Both end at the first number that speaks against it; weights do not get further than that.
  private static boolean isMask(FloatBuffer values) {
    boolean masks = false;
    for (int i = 0; i < values.limit(); i++) {
      float value = values.get(i);
      if (value != 0 && !(value <= MASKED)) {
        return false;
      }
      masks |= value != 0;
    }
    return masks;
  }

  private static boolean areCosinesAndSines(FloatBuffer a, FloatBuffer b) {
    HashSet<Float> different = new HashSet<>();
    for (int i = 0; i < a.limit(); i++) {
      double sum = (double) a.get(i) * a.get(i) + (double) b.get(i) * b.get(i);
      if (!(Math.abs(sum - 1) < ROUNDING)) {
        return false;
      }
      if (different.size() < 2) {
        different.add(a.get(i));
      }
    }
    // Fresh scales of 1 and biases of 0 have that sum, too.
    return different.size() > 1;
  }
}
