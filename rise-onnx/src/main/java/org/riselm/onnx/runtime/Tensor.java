package org.riselm.onnx.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.OrtValue;
import org.jspecify.annotations.Nullable;

/**
 * Native memory with an element type and a shape, which graphs read and write in place.
 *
 * <p>A tensor owns its memory or is a {@linkplain #slice view} of another's; a view must not be
 * used after its owner is closed. Buffers are views too. Not thread-safe.
 */
public final class Tensor implements AutoCloseable {
  static {
    // Lifts JavaCPP's caps, which are read when its first class is, and that may be here.
    Ort.load();
  }

  // What MLAS's widest vector loads like best.
  private static final long ALIGNMENT = 64;

  private final ElementType type;
  private final long[] shape;
  private final long elements;
  private final Pointer data;
  private final @Nullable Pointer allocation;
  private @Nullable OrtValue value;

  private Tensor(ElementType type, long[] shape, Pointer data, @Nullable Pointer allocation) {
    this.type = type;
    this.shape = shape.clone();
    this.elements = elementsOf(shape);
    this.data = data;
    this.allocation = allocation;
    this.value =
        Ort.out(
            "make a tensor of shape " + Arrays.toString(shape),
            p -> {
              try (var dimensions = new org.bytedeco.javacpp.LongPointer(shape)) {
                return Ort.API.CreateTensorWithDataAsOrtValue(
                    Ort.CPU,
                    data,
                    elements * type.bytes(),
                    dimensions,
                    shape.length,
                    type.code(),
                    p);
              }
            },
            OrtValue::new);
    NativeMemory.opened(allocation == null ? 0 : elements * type.bytes());
  }

  /** A tensor of zeros. */
  public static Tensor zeros(ElementType type, long... shape) {
    long bytes = Math.multiplyExact(elementsOf(shape), type.bytes());
    Pointer allocation = Pointer.calloc(1, bytes + ALIGNMENT);
    if (allocation == null || allocation.isNull()) {
      throw new OutOfMemoryError(
          "no native memory for a tensor of shape "
              + Arrays.toString(shape)
              + ": "
              + bytes
              + " bytes");
    }
    long shift = (ALIGNMENT - allocation.address() % ALIGNMENT) % ALIGNMENT;
    return new Tensor(type, shape, at(allocation, shift), allocation);
  }

  /** A copy of {@code values}, row by row. */
  public static Tensor of(float[] values, long... shape) {
    Tensor t = zeros(ElementType.FLOAT, checked(values.length, shape));
    t.floats().put(values);
    return t;
  }

  /** A copy of {@code values}, row by row. */
  public static Tensor of(long[] values, long... shape) {
    Tensor t = zeros(ElementType.INT64, checked(values.length, shape));
    t.longs().put(values);
    return t;
  }

  /** A copy of {@code values}, row by row. */
  public static Tensor of(int[] values, long... shape) {
    Tensor t = zeros(ElementType.INT32, checked(values.length, shape));
    t.ints().put(values);
    return t;
  }

  /** A scalar. */
  public static Tensor scalar(float value) {
    return of(new float[] {value});
  }

  private static long[] checked(int length, long[] shape) {
    if (elementsOf(shape) != length) {
      throw new IllegalArgumentException(
          length + " values do not fill the shape " + Arrays.toString(shape));
    }
    return shape;
  }

  private static long elementsOf(long[] shape) {
    long n = 1;
    for (long d : shape) {
      if (d < 0) {
        throw new IllegalArgumentException(
            "the shape " + Arrays.toString(shape) + " has a negative dimension");
      }
      n = Math.multiplyExact(n, d);
    }
    return n;
  }

  private static Pointer at(Pointer base, long bytes) {
    return new BytePointer(base).position(0).getPointer(bytes);
  }

  /**
   * A view of this tensor's memory, from element {@code offset} on, in another shape. Closing the
   * view leaves the memory alone.
   */
  public Tensor slice(long offset, long... viewShape) {
    long n = elementsOf(viewShape);
    if (offset < 0 || offset + n > elements) {
      throw new IllegalArgumentException(
          "a view of %d elements from %d on does not fit a tensor of %d"
              .formatted(n, offset, elements));
    }
    return new Tensor(type, viewShape, at(data, offset * type.bytes()), null);
  }

  /** What it holds. */
  public ElementType type() {
    return type;
  }

  /** Its shape; empty for a scalar. A copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** The product of the shape. */
  public long elements() {
    return elements;
  }

  /** The memory, as floats. At most 2³¹−1 bytes are reachable so; take slices of larger tensors. */
  public FloatBuffer floats() {
    return buffer(ElementType.FLOAT).asFloatBuffer();
  }

  /** The memory, as 64-bit integers. */
  public LongBuffer longs() {
    return buffer(ElementType.INT64).asLongBuffer();
  }

  /** The memory, as 32-bit integers. */
  public IntBuffer ints() {
    return buffer(ElementType.INT32).asIntBuffer();
  }

  /** The memory, as bytes in the machine's order, whatever it holds. */
  public ByteBuffer bytes() {
    return buffer(type);
  }

  /** A copy of the memory, as floats. */
  public float[] toFloats() {
    float[] copy = new float[Math.toIntExact(elements)];
    floats().get(copy);
    return copy;
  }

  /** Sets every byte to 0. */
  public void zero() {
    value();
    Pointer.memset(data, 0, elements * type.bytes());
  }

  /** Copies the memory of {@code other}, which has as many elements of the same type. */
  public void copyFrom(Tensor other) {
    value();
    other.value();
    if (other.type != type || other.elements != elements) {
      throw new IllegalArgumentException(
          "cannot copy %s of %d elements into %s of %d"
              .formatted(other.type, other.elements, type, elements));
    }
    Pointer.memcpy(data, other.data, elements * type.bytes());
  }

  private ByteBuffer buffer(ElementType wanted) {
    value();
    if (wanted != type) {
      throw new IllegalArgumentException("the tensor holds " + type + ", not " + wanted);
    }
    long bytes = elements * type.bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the tensor has " + bytes + " bytes, more than one buffer can show; take slices of it");
    }
    return new BytePointer(data)
        .position(0)
        .capacity(bytes)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  OrtValue value() {
    if (value == null) {
      throw new IllegalStateException("the tensor is closed");
    }
    return value;
  }

  Pointer data() {
    value();
    return data;
  }

  @Override
  public void close() {
    if (value == null) {
      return;
    }
    Ort.API.ReleaseValue(value);
    value = null;
    if (allocation != null) {
      Pointer.free(allocation);
    }
    NativeMemory.closed(allocation == null ? 0 : elements * type.bytes());
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
