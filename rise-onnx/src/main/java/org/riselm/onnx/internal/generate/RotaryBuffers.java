package org.riselm.onnx.internal.generate;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.RotaryAngles;
import org.riselm.onnx.internal.graph.Bfloat16;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * The rotations of positions where a session runs, for as many positions as the longest row so far
 * had room for. Not thread-safe.
 */
final class RotaryBuffers implements AutoCloseable {
  private final RotaryAngles angles;
  private final Device device;
  private final ElementType type;
  private final Resources owned = new Resources();
  private int positions;
  private @Nullable Tensor cos;
  private @Nullable Tensor sin;

  /**
   * Covers no positions yet.
   *
   * @param type FLOAT or BFLOAT16
   */
  RotaryBuffers(RotaryAngles angles, Device device, ElementType type) {
    this.angles = angles;
    this.device = device;
    this.type = type;
  }

  /** Covers the positions below {@code count}, at least; earlier tensors may become invalid. */
  void reserve(int count) {
    if (count <= positions) {
      return;
    }
    close();
    try (Resources host = new Resources()) {
      long rows = (long) count * angles.rows();
      Tensor cosines = host.add(Tensor.zeros(ElementType.FLOAT, rows, angles.width()));
      Tensor sines = host.add(Tensor.zeros(ElementType.FLOAT, rows, angles.width()));
      angles.fill(count, cosines.floats(), sines.floats());
      cos = placed(cosines);
      sin = placed(sines);
      positions = count;
    }
  }

  private Tensor placed(Tensor host) {
    Tensor there = owned.add(Tensor.zeros(device, type, host.shape()));
    if (type == ElementType.FLOAT) {
      there.copyFrom(host);
      return there;
    }
    try (Tensor rounded = Tensor.zeros(type, host.shape())) {
      ShortBuffer target = rounded.bytes().asShortBuffer();
      FloatBuffer source = host.floats();
      while (source.hasRemaining()) {
        target.put(Bfloat16.of(source.get()));
      }
      there.copyFrom(rounded);
    }
    return there;
  }

  /** The cosines, [rows, width]; this owns them. */
  Tensor cos() {
    return reserved(cos);
  }

  /** The sines, of the same shape; this owns them. */
  Tensor sin() {
    return reserved(sin);
  }

  private static Tensor reserved(@Nullable Tensor table) {
    if (table == null) {
      throw new IllegalStateException("no positions are reserved");
    }
    return table;
  }

  @Override
  public void close() {
    positions = 0;
    cos = null;
    sin = null;
    owned.close();
  }
}
