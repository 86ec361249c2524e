package org.riselm.onnx.internal.folder.safetensors;

import java.nio.ByteBuffer;

/** Finds numbers that are infinite or NaN: those whose bits of the exponent are all set. */
public final class Finite {
  private Finite() {}

  /**
   * Returns the index of the first number from {@code bytes}' position to its limit that is not
   * finite; −1 if all are.
   *
   * @param dtype a {@linkplain Dtype#isReadable readable} type of the numbers, in the order of
   *     bytes that the buffer has
   */
  public static long firstOther(ByteBuffer bytes, Dtype dtype) {
    long exponent = ofEach(dtype, dtype.exponentBits());
    // Added to an exponent of ones only, its lowest bit carries into the place of the sign.
    long lowest = ofEach(dtype, Long.lowestOneBit(dtype.exponentBits()));
    long sign = ofEach(dtype, 1L << (8 * dtype.bytes() - 1));
    int start = bytes.position();
    int words = bytes.remaining() / Long.BYTES;
    long carries = 0;
    for (int i = 0; i < words; i++) {
      carries |= (bytes.getLong(start + i * Long.BYTES) & exponent) + lowest;
    }
    return search(bytes, dtype, (carries & sign) == 0 ? words * Long.BYTES / dtype.bytes() : 0);
  }

  private static long search(ByteBuffer bytes, Dtype dtype, int from) {
    int count = bytes.remaining() / dtype.bytes();
    for (int i = from; i < count; i++) {
      int at = bytes.position() + i * dtype.bytes();
      long bits = dtype.bytes() == Float.BYTES ? bytes.getInt(at) : bytes.getShort(at);
      if ((bits & dtype.exponentBits()) == dtype.exponentBits()) {
        return i;
      }
    }
    return -1;
  }

  private static long ofEach(Dtype dtype, long bits) {
    long all = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 8 * dtype.bytes()) {
      all |= bits << shift;
    }
    return all;
  }
}
