package org.riselm.onnx.internal.decoder;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.riselm.onnx.Precision.Bits;

/**
 * Matrices in blocks of 32 numbers along each row. A block is whole numbers without a sign, and a
 * scale: a number is (whole − half of their range) · scale. Of 4 bits each, two are in a byte, the
 * first one in its lower half. So {@code MatMulNBits} of ONNX Runtime takes them.
 */
public final class BlockFormat {
  /** How many numbers a block has. */
  public static final int SIZE = 32;

  private final int bits;
  private final int half;

  private BlockFormat(int bits) {
    this.bits = bits;
    this.half = 1 << (bits - 1);
  }

  /** Returns the format of numbers of so many bits. */
  public static BlockFormat of(Bits bits) {
    return new BlockFormat(bits.count());
  }

  /** Returns the bits of a number. */
  int bits() {
    return bits;
  }

  /** Returns what a number of 0 is as a whole number. */
  int half() {
    return half;
  }

  /** Returns the name of the scales of the matrix {@code name}. */
  public static String scales(String name) {
    return name + ".scales";
  }

  /**
   * Returns the shape of a matrix's blocks, bytes: [rows, blocks, bytes of a block].
   *
   * @throws IllegalArgumentException naming the matrix, if its rows are not whole blocks
   */
  public long[] blocks(Parameter matrix) {
    long columns = matrix.shape().get(1);
    if (columns % SIZE != 0) {
      throw new IllegalArgumentException(
          "%s has rows of %d numbers, which are not whole blocks of %d, so the model cannot be quantized; open it without quantized() and quantizedRollouts()"
              .formatted(matrix.name(), columns, SIZE));
    }
    return new long[] {matrix.shape().get(0), columns / SIZE, (long) SIZE * bits / 8};
  }

  /** Returns the shape of a matrix's scales, floats: [rows, blocks]. */
  public long[] scaleShape(Parameter matrix) {
    return new long[] {matrix.shape().get(0), matrix.shape().get(1) / SIZE};
  }

  /** Returns the bytes of a matrix's blocks and scales. */
  public long bytes(Parameter matrix) {
    return matrix.elements() / SIZE * ((long) SIZE * bits / 8 + Float.BYTES);
  }

  /**
   * Quantizes whole blocks.
   *
   * @param numbers finite
   * @param count how many of them, a multiple of {@link #SIZE}
   * @param blocks are put here
   * @param scales are put here
   */
  public void quantize(float[] numbers, int count, ByteBuffer blocks, FloatBuffer scales) {
    for (int from = 0; from < count; from += SIZE) {
      float extreme = 0;
      for (int i = from; i < from + SIZE; i++) {
        extreme = Math.abs(numbers[i]) > Math.abs(extreme) ? numbers[i] : extreme;
      }
      // The farthest from 0 is −half, which the range has, and +half it has not.
      float scale = extreme / -half;
      float inverse = scale == 0 ? 0 : 1 / scale;
      scales.put(scale);
      if (bits == 8) {
        for (int i = from; i < from + SIZE; i++) {
          blocks.put((byte) whole(numbers[i], inverse));
        }
      } else {
        for (int i = from; i < from + SIZE; i += 2) {
          int both = whole(numbers[i], inverse) | whole(numbers[i + 1], inverse) << 4;
          blocks.put((byte) both);
        }
      }
    }
  }

  private int whole(float number, float inverse) {
    return Math.min(Math.round(number * inverse) + half, 2 * half - 1);
  }
}
