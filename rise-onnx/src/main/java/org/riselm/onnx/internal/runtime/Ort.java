package org.riselm.onnx.internal.runtime;

import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_API_VERSION;
import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_LOGGING_LEVEL_ERROR;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtArenaAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtGetApiBase;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.CharPointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.onnxruntime.OrtApi;
import org.bytedeco.onnxruntime.OrtEnv;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.bytedeco.onnxruntime.OrtStatus;
import org.bytedeco.onnxruntime.OrtTensorTypeAndShapeInfo;
import org.bytedeco.onnxruntime.OrtValue;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.internal.util.NativeCaches;

/** The C API, its process-wide environment, and the check of its statuses. */
public final class Ort {
  public static final OrtApi API;
  static final OrtEnv ENV;
  public static final OrtMemoryInfo CPU;

  static {
    // JavaCPP caps its own and the process's memory by the Java heap's size and throws past it;
    // model memory is native and has nothing to do with the heap. A user's own setting stands.
    for (String cap : new String[] {"maxBytes", "maxPhysicalBytes"}) {
      String key = "org.bytedeco.javacpp." + cap;
      String lower = key.toLowerCase(java.util.Locale.ROOT);
      if (System.getProperty(key) == null && System.getProperty(lower) == null) {
        System.setProperty(lower, "0");
      }
    }
    NativeCaches.prepareJavaCpp();
    API = OrtGetApiBase().GetApi().call(ORT_API_VERSION);
    ENV =
        out(
            "start ONNX Runtime",
            p -> {
              try (BytePointer name = new BytePointer("rise")) {
                return API.CreateEnv(ORT_LOGGING_LEVEL_ERROR, name, p);
              }
            },
            OrtEnv::new);
    check("disable telemetry", API.DisableTelemetryEvents(ENV));
    CPU =
        out(
            "describe CPU memory",
            p -> API.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, p),
            OrtMemoryInfo::new);
  }

  private Ort() {}

  /** Throws what {@code status} says, if it says anything. */
  static void check(String doing, @Nullable OrtStatus status) {
    if (status == null || status.isNull()) {
      return;
    }
    String message = API.GetErrorMessage().call(status).getString();
    API.ReleaseStatus(status);
    throw new OnnxRuntimeException("could not " + doing + ": " + message);
  }

  /** ONNX Runtime's paths are wide on Windows and bytes elsewhere. */
  static Pointer path(Path path) {
    String text = path.toAbsolutePath().toString();
    return Loader.getPlatform().startsWith("windows")
        ? new CharPointer(text)
        : new BytePointer((text + "\0").getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of the floats of {@code value}. */
  static float[] floats(OrtValue value) {
    OrtTensorTypeAndShapeInfo info =
        out(
            "describe a tensor",
            p -> API.GetTensorTypeAndShape(value, p),
            OrtTensorTypeAndShapeInfo::new);
    try (IntPointer type = new IntPointer(1);
        SizeTPointer count = new SizeTPointer(1)) {
      check("read a tensor's type", API.GetTensorElementType(info, type));
      if (type.get() != ElementType.FLOAT.code()) {
        throw new IllegalArgumentException(
            "the tensor holds " + ElementType.ofCode(type.get()) + ", not FLOAT");
      }
      check("count a tensor's elements", API.GetTensorShapeElementCount(info, count));
      float[] copy = new float[Math.toIntExact(count.get())];
      out("read a tensor", p -> API.GetTensorMutableData(value, p), FloatPointer::new).get(copy);
      return copy;
    } finally {
      API.ReleaseTensorTypeAndShapeInfo(info);
    }
  }

  /** Calls a function with an out-parameter and gives what it put there. */
  public static <T> T out(
      String doing,
      Function<PointerPointer<Pointer>, OrtStatus> function,
      Function<Pointer, T> wrap) {
    try (PointerPointer<Pointer> slot = new PointerPointer<>(1)) {
      check(doing, function.apply(slot));
      return wrap.apply(slot.get(0));
    }
  }
}
