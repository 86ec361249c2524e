package org.riselm.onnx.internal.runtime;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.riselm.onnx.Device;

/** The devices that {@link DeviceMemory#emulate} made known. */
final class EmulatedDevices {
  static final Map<Device, DeviceMemory> ALL = new ConcurrentHashMap<>();

  private EmulatedDevices() {}
}
