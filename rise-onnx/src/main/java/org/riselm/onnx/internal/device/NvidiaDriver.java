package org.riselm.onnx.internal.device;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.internal.util.NativeCaches;

/**
 * NVIDIA's driver and its devices, as the driver's management library (NVML) reports them. Asking
 * takes no memory on a device.
 *
 * @param version of the driver
 * @param cuda the newest CUDA that the driver runs, for example 13000 for 13.0
 * @param devices their names, by index
 */
record NvidiaDriver(String version, int cuda, List<String> devices) {
  private static final int TEXT = 96;

  NvidiaDriver {
    devices = List.copyOf(devices);
  }

  /**
   * Asks the driver.
   *
   * @throws UnsatisfiedLinkError if there is none
   * @throws IllegalStateException if it does not answer
   */
  static NvidiaDriver read() {
    NativeCaches.prepareJna();
    NativeLibrary nvml = NativeLibrary.getInstance("libnvidia-ml.so.1");
    call(nvml, "nvmlInit_v2");
    try {
      IntByReference cuda = new IntByReference();
      call(nvml, "nvmlSystemGetCudaDriverVersion_v2", cuda);
      IntByReference count = new IntByReference();
      call(nvml, "nvmlDeviceGetCount_v2", count);
      List<String> devices = new ArrayList<>();
      try (Memory text = new Memory(TEXT)) {
        for (int i = 0; i < count.getValue(); i++) {
          PointerByReference handle = new PointerByReference();
          call(nvml, "nvmlDeviceGetHandleByIndex_v2", i, handle);
          call(nvml, "nvmlDeviceGetName", handle.getValue(), text, TEXT);
          devices.add(text.getString(0, StandardCharsets.UTF_8.name()));
        }
        call(nvml, "nvmlSystemGetDriverVersion", text, TEXT);
        String version = text.getString(0, StandardCharsets.UTF_8.name());
        return new NvidiaDriver(version, cuda.getValue(), devices);
      }
    } finally {
      call(nvml, "nvmlShutdown");
    }
  }

  private static void call(NativeLibrary nvml, String function, Object... arguments) {
    int status = nvml.getFunction(function).invokeInt(arguments);
    if (status != 0) {
      throw new IllegalStateException(function + " answers with the error " + status);
    }
  }
}
