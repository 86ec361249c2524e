package org.riselm.onnx;

import org.riselm.onnx.internal.device.CudaDoctor;
import org.riselm.onnx.internal.device.DeviceMemory;

/**
 * Where sessions run and what they work on lies.
 *
 * @param kind of the device
 * @param index among those of its kind, from 0
 */
public record Device(Kind kind, int index) {
  /** The machine's own processors and memory. */
  public static final Device CPU = new Device(Kind.CPU, 0);

  /**
   * The CPU in the role of a device: its memory is the host's, but counts as a device's and cannot
   * be looked into. Shows, where there is no GPU, that nothing reaches across but what is copied,
   * and how much that is.
   */
  public static final Device REHEARSAL = new Device(Kind.REHEARSAL, 0);

  /** The kinds of devices. */
  public enum Kind {
    /** The machine's own processors. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA,
    /** See {@link Device#REHEARSAL}. */
    REHEARSAL
  }

  public Device {
    if (index < 0) {
      throw new IllegalArgumentException("device index is " + index + "; 0 or more");
    }
  }

  /** The GPU of this index, as the driver counts them. */
  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  /**
   * The first GPU if CUDA can start here, else the CPU; {@link CudaDoctor#examine} tells why not.
   */
  public static Device cudaOrCpu() {
    return CudaDoctor.examine().isReady() ? cuda(0) : CPU;
  }

  /** Whether it has memory of its own, which the host reaches by copies only. */
  public boolean hasOwnMemory() {
    return kind != Kind.CPU;
  }

  /**
   * Bytes of its memory that nobody holds now.
   *
   * @throws DeviceUnavailableException if it cannot start
   */
  public long freeBytes() {
    return DeviceMemory.of(this).free().free();
  }

  /**
   * Bytes of memory that it has.
   *
   * @throws DeviceUnavailableException if it cannot start
   */
  public long totalBytes() {
    return DeviceMemory.of(this).free().total();
  }

  @Override
  public String toString() {
    return kind == Kind.CUDA ? "cuda:" + index : kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
