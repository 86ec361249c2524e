package org.riselm.core.policy.spi;

/** A policy that may work in the memory of a device, such as a GPU. */
public interface DeviceMemoryMeter {
  /**
   * {@return the most bytes of the device's memory in use at once since the last call, and starts
   * counting again; 0 if none were used}
   */
  long drainPeakBytes();
}
