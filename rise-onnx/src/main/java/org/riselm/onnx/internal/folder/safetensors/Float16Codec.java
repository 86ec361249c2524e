package org.riselm.onnx.internal.folder.safetensors;

/** Numbers of 16 bits, IEEE 754 binary16 and the upper halves of floats, from and to floats. */
public final class Float16Codec {
  // What is at least half way from the largest half to where the next one would be.
  private static final float BEYOND_HALF = 65520;
  private static final int HALF_FRACTION_BITS = 10;

  private Float16Codec() {}

  /** The float of the same value as a binary16: every one has one. */
  public static float ofHalf(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> HALF_FRACTION_BITS & 0x1F;
    int fraction = bits & 0x3FF;
    if (exponent == 0) {
      // Zero and the subnormals: fraction · 2⁻²⁴, exact in a float.
      float magnitude = fraction * 0x1p-24f;
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
    }
    int wide = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }

  /**
   * The nearest binary16, the even one half way.
   *
   * @throws ArithmeticException if {@code value} is finite and the nearest is not
   */
  public static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7E00);
    }
    if (magnitude >= BEYOND_HALF) {
      return (short) (sign | infinity(value, 0x7C00));
    }
    if (magnitude < 0x1p-14f) {
      // A subnormal counts in 2⁻²⁴; the product is exact, and rint rounds as it should.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    // A carry out of the fraction raises the exponent, as it should.
    int rebased = Float.floatToRawIntBits(magnitude) - ((127 - 15) << 23);
    return (short) (sign | rounded(rebased, 13));
  }

  /**
   * The nearest upper half of a float, the even one half way.
   *
   * @throws ArithmeticException if {@code value} is finite and the nearest is not
   */
  public static short toUpperHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    int half = rounded(bits & Integer.MAX_VALUE, 16);
    if (half == 0x7F80) {
      infinity(value, half);
    }
    return (short) ((bits >>> 16 & 0x8000) | half);
  }

  /** {@code bits}, 0 or more, over 2^dropped. */
  private static int rounded(int bits, int dropped) {
    int odd = bits >> dropped & 1;
    return (bits + (1 << (dropped - 1)) - 1 + odd) >> dropped;
  }

  private static int infinity(float value, int bits) {
    if (!Float.isInfinite(value)) {
      throw new ArithmeticException(value + " is too large for 16 bits");
    }
    return bits;
  }
}
