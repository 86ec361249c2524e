package org.riselm.onnx.internal.runtime;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.riselm.onnx.internal.util.AvailableMemory;

/** The host's memory. */
public class HostMemory implements DeviceMemory {
  static final HostMemory INSTANCE = new HostMemory();

  // What MLAS's widest vector loads like best.
  private static final long ALIGNMENT = 64;

  protected HostMemory() {}

  @Override
  public OrtMemoryInfo info() {
    return Ort.CPU;
  }

  /** The start of the memory, and behind it (at the same address or a little before) its owner. */
  @Override
  public Pointer allocate(long bytes) {
    Pointer allocation = Pointer.calloc(1, bytes + ALIGNMENT);
    if (allocation == null || allocation.isNull()) {
      throw new OutOfMemoryError("no native memory for " + bytes + " bytes");
    }
    return allocation;
  }

  public static Pointer aligned(Pointer allocation) {
    long shift = (ALIGNMENT - allocation.address() % ALIGNMENT) % ALIGNMENT;
    return new BytePointer(allocation).position(0).getPointer(shift);
  }

  @Override
  public void free(Pointer allocation) {
    Pointer.free(allocation);
  }

  @Override
  public void zero(Pointer at, long bytes) {
    Pointer.memset(at, 0, bytes);
  }

  @Override
  public void copy(Way way, Pointer to, Pointer from, long bytes) {
    Pointer.memcpy(to, from, bytes);
  }

  @Override
  public void copyRuns(
      Pointer to, Pointer from, long width, long toStride, long fromStride, long count) {
    for (long i = 0; i < count; i++) {
      Pointer.memcpy(at(to, i * toStride), at(from, i * fromStride), width);
    }
  }

  public static Pointer at(Pointer base, long bytes) {
    return new BytePointer(base).position(0).getPointer(bytes);
  }

  @Override
  public FreeMemory free() {
    long total = Pointer.totalPhysicalBytes();
    return new FreeMemory(AvailableMemory.bytes(), total);
  }
}
