package org.riselm.onnx.internal.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.onnxruntime.OrtCUDAProviderOptionsV2;
import org.bytedeco.onnxruntime.OrtRunOptions;
import org.bytedeco.onnxruntime.OrtSessionOptions;
import org.riselm.onnx.Device;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.OutOfDeviceMemoryException;

/** ONNX Runtime's CUDA provider. */
final class CudaProvider {
  // What the provider says when a device is full; there is no code for it.
  private static final String[] FULL = {
    "Failed to allocate memory",
    "Available memory of",
    "out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED"
  };

  private CudaProvider() {}

  /** Has a session's nodes run on {@code device} wherever there is a kernel. */
  static void addTo(OrtSessionOptions session, Device device) {
    // Starts the device, or says what is missing.
    CudaMemory.of(device);
    Map<String, String> settings = new TreeMap<>();
    settings.put("device_id", Integer.toString(device.index()));
    // The other strategy doubles what it takes at every growth, and keeps it.
    settings.put("arena_extend_strategy", "kSameAsRequested");
    // Floats of 32 bits are the check of those of 16: they have to be what they say.
    settings.put("use_tf32", "0");
    OrtCUDAProviderOptionsV2 options =
        Ort.out(
            "make CUDA options", Ort.API::CreateCUDAProviderOptions, OrtCUDAProviderOptionsV2::new);
    String[] keys = settings.keySet().toArray(String[]::new);
    String[] values = settings.values().toArray(String[]::new);
    try (PointerPointer<BytePointer> k = new PointerPointer<>(keys);
        PointerPointer<BytePointer> v = new PointerPointer<>(values)) {
      Ort.check("set CUDA options", Ort.API.UpdateCUDAProviderOptions(options, k, v, keys.length));
      Ort.check(
          "start CUDA", Ort.API.SessionOptionsAppendExecutionProvider_CUDA_V2(session, options));
    } finally {
      Ort.API.ReleaseCUDAProviderOptions().call(options);
    }
  }

  /** Has a run with {@code options} give the session's unused memory back when it ends. */
  static void releaseAfterwards(Device device, OrtRunOptions options) {
    try (BytePointer key = new BytePointer("memory.enable_memory_arena_shrinkage");
        BytePointer arena = new BytePointer("gpu:" + device.index())) {
      Ort.check("set run options", Ort.API.AddRunConfigEntry(options, key, arena));
    }
  }

  /** What to say instead of {@code e}, if it says that {@code device} is full. */
  static Optional<RuntimeException> outOfMemory(Device device, OnnxRuntimeException e) {
    String message = String.valueOf(e.getMessage());
    boolean full = false;
    for (String sign : FULL) {
      full |= message.contains(sign);
    }
    if (!full || !device.isCuda()) {
      return Optional.empty();
    }
    OutOfDeviceMemoryException better =
        new OutOfDeviceMemoryException(
            "%s is full (%s): %s".formatted(device, CudaMemory.of(device).describeFree(), message));
    better.initCause(e);
    return Optional.of(better);
  }
}
