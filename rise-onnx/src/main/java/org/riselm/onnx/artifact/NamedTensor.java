package org.riselm.onnx.artifact;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A name, a shape, and a view of the 32-bit floats that fill it. The memory behind the view stays
 * its owner's: a tensor, which must be open as long as this is used; or a file, mapped. Equal by
 * name, shape and bits.
 *
 * @param name as in the graphs; not blank
 * @param shape empty for a scalar; no dimension is negative
 * @param bytes the values row by row, little-endian, from position 0 on
 */
public record NamedTensor(String name, List<Long> shape, ByteBuffer bytes) {
  /** Checks the name, and that the bytes fill the shape. */
  public NamedTensor {
    requireNonNull(name, "name");
    shape = List.copyOf(shape);
    if (name.isBlank() || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException("'" + name + "' is not a tensor's name");
    }
    if (bytes.remaining() != bytesOf(shape)) {
      throw new IllegalArgumentException(
          "tensor %s: found %d bytes, expected %d for the shape %s"
              .formatted(name, bytes.remaining(), bytesOf(shape), shape));
    }
    bytes = bytes.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Copies {@code values}, which are row by row.
   *
   * @param name the name
   * @param shape the size of each dimension
   * @param values the values, row by row
   * @return the tensor
   */
  public static NamedTensor of(String name, List<Long> shape, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(values.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new NamedTensor(name, shape, bytes);
  }

  /**
   * Returns the bytes that 32-bit floats of {@code shape} take.
   *
   * @throws IllegalArgumentException if a dimension is negative, or a long does not hold the bytes
   */
  static long bytesOf(List<Long> shape) {
    long n = Float.BYTES;
    for (long d : shape) {
      if (d < 0) {
        throw new IllegalArgumentException("the shape " + shape + " has a negative dimension");
      }
      try {
        n = Math.multiplyExact(n, d);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("the shape " + shape + " is too large", e);
      }
    }
    return n;
  }

  /** {@return a read-only view of the values, from position 0 on} */
  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** {@return a read-only view of the values} */
  public FloatBuffer floats() {
    return bytes().asFloatBuffer();
  }

  @Override
  public String toString() {
    return name + shape;
  }
}
