package org.riselm.onnx.internal.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.OrtValue;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.Device;
import org.riselm.onnx.DeviceUnavailableException;
import org.riselm.onnx.OutOfDeviceMemoryException;

/**
 * Native memory with an element type and a shape, which graphs read and write in place; the host's,
 * or a device's, which is reached by {@link #copyFrom} only.
 *
 * <p>A tensor owns its memory or is a {@linkplain #slice view} of another's; a view must not be
 * used after its owner is closed. Buffers are views too. Not thread-safe.
 */
public final class Tensor implements AutoCloseable {
  static {
    // Lifts JavaCPP's caps, which are read when its first class is, and that may be here.
    OrtLibrary.require();
  }

  private final Device device;
  private final DeviceMemory memory;
  private final ElementType type;
  private final long[] shape;
  private final long elements;
  private final Pointer data;
  private final @Nullable Pointer allocation;
  private @Nullable OrtValue value;

  private Tensor(
      Device device,
      DeviceMemory memory,
      ElementType type,
      long[] shape,
      Pointer data,
      @Nullable Pointer allocation) {
    this.device = device;
    this.memory = memory;
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
                    memory.info(),
                    data,
                    elements * type.bytes(),
                    dimensions,
                    shape.length,
                    type.code(),
                    p);
              }
            },
            OrtValue::new);
    NativeMemory.opened(ownedBytes());
    if (device.hasOwnMemory()) {
      DeviceMemoryUse.of(device).taken(ownedBytes());
    }
  }

  /** A tensor of zeros in the host's memory. */
  public static Tensor zeros(ElementType type, long... shape) {
    return zeros(Device.CPU, type, shape);
  }

  /**
   * A tensor of zeros in a device's memory.
   *
   * @throws DeviceUnavailableException if the device cannot start
   * @throws OutOfDeviceMemoryException if the device has no room for it
   */
  public static Tensor zeros(Device device, ElementType type, long... shape) {
    DeviceMemory memory = DeviceMemory.of(device);
    Pointer allocation = memory.allocate(Math.multiplyExact(elementsOf(shape), type.bytes()));
    boolean onHost = !device.isCuda();
    Pointer data = onHost ? HostMemory.aligned(allocation) : allocation;
    return new Tensor(device, memory, type, shape, data, allocation);
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
    return view(type, offset * type.bytes(), viewShape);
  }

  /**
   * A view of this tensor's memory as another type, from byte {@code offset} on. Closing the view
   * leaves the memory alone.
   */
  public Tensor view(ElementType viewType, long offset, long... viewShape) {
    long bytes = elementsOf(viewShape) * viewType.bytes();
    if (offset < 0 || offset + bytes > elements * type.bytes()) {
      throw new IllegalArgumentException(
          "a view of %d bytes from %d on does not fit a tensor of %d"
              .formatted(bytes, offset, elements * type.bytes()));
    }
    return new Tensor(device, memory, viewType, viewShape, HostMemory.at(data, offset), null);
  }

  /** Where its memory is. */
  public Device device() {
    return device;
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

  /** The memory, as doubles. */
  public DoubleBuffer doubles() {
    return buffer(ElementType.DOUBLE).asDoubleBuffer();
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

  /** A copy of the memory, as floats; from a device too. */
  public float[] toFloats() {
    if (device.hasOwnMemory()) {
      try (Tensor host = toHost()) {
        return host.toFloats();
      }
    }
    float[] copy = new float[Math.toIntExact(elements)];
    floats().get(copy);
    return copy;
  }

  /** A copy in the host's memory; the caller closes it. */
  public Tensor toHost() {
    Tensor host = zeros(type, shape);
    try {
      host.copyFrom(this);
      return host;
    } catch (RuntimeException e) {
      host.close();
      throw e;
    }
  }

  /** Sets every byte to 0. */
  public void zero() {
    value();
    memory.zero(data, elements * type.bytes());
  }

  /**
   * Copies the memory of {@code other}, which has as many elements of the same type, and is on the
   * same device or the host, or this is.
   */
  public void copyFrom(Tensor other) {
    value();
    other.value();
    if (other.type != type || other.elements != elements) {
      throw new IllegalArgumentException(
          "cannot copy %s of %d elements into %s of %d"
              .formatted(other.type, other.elements, type, elements));
    }
    long bytes = elements * type.bytes();
    if (device.equals(other.device)) {
      memory.copy(DeviceMemory.Way.WITHIN, data, other.data, bytes);
    } else if (other.device.equals(Device.CPU)) {
      memory.copy(DeviceMemory.Way.IN, data, other.data, bytes);
      TransferCounter.in(bytes);
    } else if (device.equals(Device.CPU)) {
      other.memory.copy(DeviceMemory.Way.OUT, data, other.data, bytes);
      TransferCounter.out(bytes);
    } else {
      throw new IllegalArgumentException(
          "cannot copy from %s to %s".formatted(other.device, device));
    }
  }

  /**
   * Copies {@code count} runs of {@code width} elements from a tensor of the same device and type.
   *
   * @param stride from one run's first element to the next one's, here
   * @param otherStride the same, in {@code other}
   */
  public void copyRuns(Tensor other, long width, long stride, long otherStride, long count) {
    value();
    other.value();
    if (other.type != type
        || !other.device.equals(device)
        || width > Math.min(stride, otherStride)
        || end(width, stride, count) > elements
        || end(width, otherStride, count) > other.elements) {
      throw new IllegalArgumentException(
          "cannot copy %d runs of %d elements, %d apart, from %s on %s to %s on %s, %d apart"
              .formatted(count, width, otherStride, other, other.device, this, device, stride));
    }
    long size = type.bytes();
    memory.copyRuns(data, other.data, width * size, stride * size, otherStride * size, count);
  }

  private static long end(long width, long stride, long count) {
    return count == 0 ? 0 : (count - 1) * stride + width;
  }

  private ByteBuffer buffer(ElementType wanted) {
    value();
    if (device.hasOwnMemory()) {
      throw new IllegalStateException(
          "the tensor is in the memory of " + device + "; copy it to the host's to look into it");
    }
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

  private long ownedBytes() {
    return allocation == null ? 0 : elements * type.bytes();
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
      memory.free(allocation);
    }
    NativeMemory.closed(ownedBytes());
    if (device.hasOwnMemory()) {
      DeviceMemoryUse.of(device).givenBack(ownedBytes());
    }
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
