package org.riselm.onnx;

import org.riselm.onnx.internal.device.CudaDoctor;

/**
 * Where sessions run, and whose memory holds what they work on.
 *
 * @param type {@code cpu} or {@code cuda}
 * @param index among the devices of its type, from 0
 */
public record Device(String type, int index) {
  private static final String CUDA = "cuda";

  /** The machine's own processors and memory. */
  public static final Device CPU = new Device("cpu", 0);

  /** Checks the index. */
  public Device {
    if (index < 0) {
      throw new IllegalArgumentException("device index is " + index + "; 0 or more");
    }
  }

  /**
   * {@return the NVIDIA GPU of this index, as the driver counts them}
   *
   * @param index the index, from 0
   */
  public static Device cuda(int index) {
    return new Device(CUDA, index);
  }

  /** {@return the first GPU if CUDA can start on this machine, else the CPU} */
  public static Device cudaOrCpu() {
    return CudaDoctor.examine().isReady() ? cuda(0) : CPU;
  }

  /** {@return whether this is an NVIDIA GPU} */
  public boolean isCuda() {
    return type.equals(CUDA);
  }

  /** {@return whether it has memory of its own, which the host reaches by copies only} */
  public boolean hasOwnMemory() {
    return !equals(CPU);
  }

  @Override
  public String toString() {
    return hasOwnMemory() ? type + ":" + index : type;
  }
}
