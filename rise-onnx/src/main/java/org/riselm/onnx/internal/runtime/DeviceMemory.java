package org.riselm.onnx.internal.runtime;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.riselm.onnx.Device;
import org.riselm.onnx.DeviceUnavailableException;
import org.riselm.onnx.OutOfDeviceMemoryException;

/** The memory of one device: takes it, gives it back, copies. Thread-safe. */
public interface DeviceMemory {
  /**
   * Returns the memory of {@code device}.
   *
   * @throws DeviceUnavailableException if the device cannot start
   */
  static DeviceMemory of(Device device) {
    if (device.isCuda()) {
      return CudaMemory.of(device);
    }
    DeviceMemory emulated = EmulatedDevices.ALL.get(device);
    if (emulated != null) {
      return emulated;
    }
    if (device.hasOwnMemory()) {
      throw new DeviceUnavailableException(
          device, "\"%s\" is no type of device; cpu or cuda".formatted(device.type()));
    }
    return HostMemory.INSTANCE;
  }

  /**
   * Has {@code memory} stand for the memory of {@code device} in this process: a device that only
   * tests know.
   */
  static Device emulate(Device device, DeviceMemory memory) {
    EmulatedDevices.ALL.put(device, memory);
    return device;
  }

  /** How ONNX Runtime calls it. */
  OrtMemoryInfo info();

  /**
   * Zeros, aligned for any kernel.
   *
   * @throws OutOfDeviceMemoryException if there is not as much
   */
  Pointer allocate(long bytes);

  /** Gives back what {@link #allocate} gave. */
  void free(Pointer allocation);

  /** Sets bytes to 0. */
  void zero(Pointer at, long bytes);

  /** Which way a copy goes. */
  enum Way {
    /** From the host to the device. */
    IN,
    /** From the device to the host. */
    OUT,
    /** On the device. */
    WITHIN
  }

  /** Copies bytes; done when this returns. */
  void copy(Way way, Pointer to, Pointer from, long bytes);

  /**
   * Copies {@code count} runs of {@code width} bytes, which begin so many bytes apart, on the
   * device; done when this returns.
   */
  void copyRuns(Pointer to, Pointer from, long width, long toStride, long fromStride, long count);

  /** What is free now, and all there is, in bytes. */
  FreeMemory free();

  /**
   * How much memory a device has.
   *
   * @param free that nobody holds, in bytes
   * @param total in bytes
   */
  record FreeMemory(long free, long total) {}
}
