package org.riselm.onnx.internal.device;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * NVIDIA's driver and its devices, as the driver's management library (NVML) tells of them. Asking
 * takes no memory on a device.
 *
 * @param version of the driver
 * @param cudaVersion the newest CUDA that the driver runs, for example 13.0
 * @param devices by index
 */
record NvidiaDriver(String version, String cudaVersion, List<Gpu> devices) {
  /** The management library. */
  static final String LIBRARY = "libnvidia-ml.so.1";

  private static final int TEXT = 96;

  NvidiaDriver {
    devices = List.copyOf(devices);
  }

  /**
   * A device.
   *
   * @param name of its model
   * @param totalBytes of its memory
   * @param freeBytes of it that nobody holds now
   */
  record Gpu(String name, long totalBytes, long freeBytes) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s, %.1f of %.1f GiB free",
          name,
          (double) freeBytes / (1L << 30),
          (double) totalBytes / (1L << 30));
    }
  }

  /**
   * Asks the library that {@code library}, a path or a name, is.
   *
   * @throws UnsatisfiedLinkError if there is none, or it lacks a function
   * @throws IllegalStateException if the driver does not answer
   */
  static NvidiaDriver read(String library) {
    Nvml nvml = new Nvml(NativeLibrary.getInstance(library));
    nvml.call("nvmlInit_v2");
    try {
      String version = nvml.text("nvmlSystemGetDriverVersion");
      IntByReference cuda = new IntByReference();
      nvml.call("nvmlSystemGetCudaDriverVersion_v2", cuda);
      IntByReference count = new IntByReference();
      nvml.call("nvmlDeviceGetCount_v2", count);
      List<Gpu> devices = new ArrayList<>();
      for (int i = 0; i < count.getValue(); i++) {
        devices.add(nvml.device(i));
      }
      int number = cuda.getValue();
      return new NvidiaDriver(version, number / 1000 + "." + number % 1000 / 10, devices);
    } finally {
      nvml.call("nvmlShutdown");
    }
  }

  private record Nvml(NativeLibrary library) {
    void call(String function, Object... arguments) {
      int status = library.getFunction(function).invokeInt(arguments);
      if (status != 0) {
        throw new IllegalStateException(function + " answers with the error " + status);
      }
    }

    String text(String function, Object... first) {
      try (Memory text = new Memory(TEXT)) {
        Object[] arguments = java.util.Arrays.copyOf(first, first.length + 2);
        arguments[first.length] = text;
        arguments[first.length + 1] = TEXT;
        call(function, arguments);
        return text.getString(0, StandardCharsets.UTF_8.name());
      }
    }

    Gpu device(int index) {
      PointerByReference handle = new PointerByReference();
      call("nvmlDeviceGetHandleByIndex_v2", index, handle);
      Pointer device = handle.getValue();
      try (Memory memory = new Memory(3L * Long.BYTES)) {
        call("nvmlDeviceGetMemoryInfo", device, memory);
        return new Gpu(text("nvmlDeviceGetName", device), memory.getLong(0), memory.getLong(8));
      }
    }
  }
}
