package org.riselm.onnx.internal.runtime;

import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.LongByReference;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.riselm.onnx.Device;
import org.riselm.onnx.DeviceUnavailableException;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.OutOfDeviceMemoryException;
import org.riselm.onnx.internal.device.CudaDiagnosis;
import org.riselm.onnx.internal.device.CudaDoctor;
import org.riselm.onnx.internal.device.CudaLibraries;

/** A GPU's memory, through CUDA's runtime library: the one that ONNX Runtime's kernels use. */
public final class CudaMemory implements DeviceMemory {
  private static final Map<Device, CudaMemory> STARTED = new ConcurrentHashMap<>();
  private static final int OUT_OF_MEMORY = 2;
  private static final int HOST_TO_DEVICE = 1;
  private static final int DEVICE_TO_HOST = 2;
  private static final int DEVICE_TO_DEVICE = 3;

  private final Device device;
  private final NativeLibrary runtime;
  private final OrtMemoryInfo info;

  private CudaMemory(Device device) {
    this.device = device;
    CudaDiagnosis diagnosis = CudaDoctor.examine();
    if (!diagnosis.isReady()) {
      throw new DeviceUnavailableException(device, diagnosis.toString());
    }
    this.runtime = CudaLibraries.runtime(); // Loaded, with all others, by the examination.
    check("start " + device, "cudaSetDevice", device.index());
    this.info =
        Ort.out(
            "describe CUDA memory",
            p ->
                Ort.API.CreateMemoryInfo(
                    new org.bytedeco.javacpp.BytePointer("Cuda"), 0, device.index(), 0, p),
            OrtMemoryInfo::new);
  }

  public static CudaMemory of(Device device) {
    return STARTED.computeIfAbsent(device, CudaMemory::new);
  }

  @Override
  public OrtMemoryInfo info() {
    return info;
  }

  @Override
  public Pointer allocate(long bytes) {
    choose();
    LongByReference address = new LongByReference();
    // Nothing still has an address, and an empty tensor needs one.
    int status = call("cudaMalloc", address, Math.max(1, bytes));
    if (status == OUT_OF_MEMORY) {
      throw new OutOfDeviceMemoryException(
          "%s has no room for a tensor of %,d bytes: %s".formatted(device, bytes, describeFree()));
    }
    require("take memory", status);
    Pointer pointer = new Address(address.getValue());
    zero(pointer, bytes);
    return pointer;
  }

  @Override
  public void free(Pointer allocation) {
    choose();
    check("give memory back", "cudaFree", allocation.address());
  }

  @Override
  public void zero(Pointer at, long bytes) {
    choose();
    check("clear memory", "cudaMemset", at.address(), 0, bytes);
    finish();
  }

  @Override
  public void copy(Way way, Pointer to, Pointer from, long bytes) {
    int kind =
        switch (way) {
          case IN -> HOST_TO_DEVICE;
          case OUT -> DEVICE_TO_HOST;
          case WITHIN -> DEVICE_TO_DEVICE;
        };
    choose();
    check("copy", "cudaMemcpy", to.address(), from.address(), bytes, kind);
    finish();
  }

  @Override
  public void copyRuns(
      Pointer to, Pointer from, long width, long toStride, long fromStride, long count) {
    choose();
    check(
        "copy",
        "cudaMemcpy2D",
        to.address(),
        toStride,
        from.address(),
        fromStride,
        width,
        count,
        DEVICE_TO_DEVICE);
    finish();
  }

  @Override
  public FreeMemory free() {
    choose();
    LongByReference free = new LongByReference();
    LongByReference total = new LongByReference();
    check("ask for free memory", "cudaMemGetInfo", free, total);
    return new FreeMemory(free.getValue(), total.getValue());
  }

  public String describeFree() {
    FreeMemory memory = free();
    return mebibytes(memory.free()) + " of " + mebibytes(memory.total()) + " are free";
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
  }

  // CUDA remembers the device per thread.
  private void choose() {
    check("choose " + device, "cudaSetDevice", device.index());
  }

  // Copies may return before they are done, and kernels run on streams that do not wait for them.
  private void finish() {
    check("finish a copy", "cudaDeviceSynchronize");
  }

  private void check(String doing, String function, Object... arguments) {
    require(doing, call(function, arguments));
  }

  private int call(String function, Object... arguments) {
    return runtime.getFunction(function).invokeInt(arguments);
  }

  private void require(String doing, int status) {
    if (status != 0) {
      String message =
          runtime.getFunction("cudaGetErrorString").invokeString(new Object[] {status}, false);
      throw new OnnxRuntimeException("could not " + doing + " on " + device + ": " + message);
    }
  }

  /** A place in the device's memory; nobody on the host may follow it. */
  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }
}
