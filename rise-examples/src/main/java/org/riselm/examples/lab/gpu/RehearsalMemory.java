package org.riselm.examples.lab.gpu;

import org.bytedeco.javacpp.Pointer;
import org.riselm.onnx.Device;
import org.riselm.onnx.OutOfDeviceMemoryException;
import org.riselm.onnx.internal.runtime.DeviceMemory;
import org.riselm.onnx.internal.runtime.DeviceMemoryUse;
import org.riselm.onnx.internal.runtime.HostMemory;

/**
 * A device for machines without a GPU: its memory is the host's, but counts as a device's and
 * cannot be looked into. Shows that nothing reaches across but what is copied, and how much that
 * is. The system property {@value #LIMIT} says how much of it tensors may take, so that it can be
 * rehearsed what a full device does; without it, all that the host has.
 */
public final class RehearsalMemory extends HostMemory {
  /** The device with this memory. */
  public static final Device DEVICE =
      DeviceMemory.emulate(new Device("rehearsal", 0), new RehearsalMemory());

  private static final String LIMIT = "rise.rehearsal.bytes";

  private RehearsalMemory() {}

  @Override
  public Pointer allocate(long bytes) {
    FreeMemory memory = free();
    if (bytes > memory.free()) {
      throw new OutOfDeviceMemoryException(
          "%s has no room for a tensor of %,d bytes: %,d of %,d bytes are free"
              .formatted(DEVICE, bytes, memory.free(), memory.total()));
    }
    return super.allocate(bytes);
  }

  @Override
  public FreeMemory free() {
    long limit = Long.getLong(LIMIT, 0);
    return limit == 0
        ? super.free()
        : new FreeMemory(Math.max(0, limit - DeviceMemoryUse.of(DEVICE).bytes()), limit);
  }
}
