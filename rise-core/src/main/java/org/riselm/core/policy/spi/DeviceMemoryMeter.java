package org.riselm.core.policy.spi;

/** A policy that may work in the memory of a device, such as a GPU. */
public interface DeviceMemoryMeter {
  /**
   * The most bytes of the device's memory that it used at once since this was asked before; 0 if it
   * used none.
   */
  long drainPeakBytes();
}
