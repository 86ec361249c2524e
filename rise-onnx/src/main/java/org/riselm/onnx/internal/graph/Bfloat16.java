package org.riselm.onnx.internal.graph;

/** Numbers of 16 bits with the exponent of 32-bit floats (bfloat16). */
public final class Bfloat16 {
  private Bfloat16() {}

  /** The nearest to {@code value}, of two as near the even one; the largest become infinite. */
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }
}
