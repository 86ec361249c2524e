package org.riselm.onnx.internal.device;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.riselm.onnx.Device;
import org.riselm.onnx.OutOfDeviceMemoryException;

/**
 * The host's memory in the role of a device's. The system property {@code rise.rehearsal.bytes}
 * says how much of it tensors may take, so that it can be rehearsed what a full device does;
 * without it, all that the host has.
 */
final class RehearsalMemory implements DeviceMemory {
  static final RehearsalMemory INSTANCE = new RehearsalMemory();

  private RehearsalMemory() {}

  @Override
  public OrtMemoryInfo info() {
    return HostMemory.INSTANCE.info();
  }

  @Override
  public Pointer allocate(long bytes) {
    FreeMemory memory = free();
    if (bytes > memory.free()) {
      throw new OutOfDeviceMemoryException(
          "%s has no room for a tensor of %,d bytes: %,d of %,d bytes are free"
              .formatted(Device.REHEARSAL, bytes, memory.free(), memory.total()));
    }
    return HostMemory.INSTANCE.allocate(bytes);
  }

  @Override
  public void free(Pointer allocation) {
    HostMemory.INSTANCE.free(allocation);
  }

  @Override
  public void zero(Pointer at, long bytes) {
    HostMemory.INSTANCE.zero(at, bytes);
  }

  @Override
  public void copy(Way way, Pointer to, Pointer from, long bytes) {
    HostMemory.INSTANCE.copy(way, to, from, bytes);
  }

  @Override
  public void copyRuns(
      Pointer to, Pointer from, long width, long toStride, long fromStride, long count) {
    HostMemory.INSTANCE.copyRuns(to, from, width, toStride, fromStride, count);
  }

  @Override
  public FreeMemory free() {
    long limit = Long.getLong("rise.rehearsal.bytes", 0);
    if (limit == 0) {
      return HostMemory.INSTANCE.free();
    }
    return new FreeMemory(Math.max(0, limit - DeviceMemoryUse.of(Device.REHEARSAL).bytes()), limit);
  }
}
