package org.riselm.onnx.internal.runtime;

import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_ENABLE_ALL;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.onnxruntime.OrtAllocator;
import org.bytedeco.onnxruntime.OrtArenaCfg;
import org.bytedeco.onnxruntime.OrtSession;
import org.bytedeco.onnxruntime.OrtSessionOptions;
import org.bytedeco.onnxruntime.OrtStatus;
import org.bytedeco.onnxruntime.OrtTensorTypeAndShapeInfo;
import org.bytedeco.onnxruntime.OrtTypeInfo;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.Device;
import org.riselm.onnx.DeviceUnavailableException;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.SessionThreadException;
import org.riselm.onnx.internal.util.ExclusiveUse;
import org.riselm.onnx.internal.util.Resources;

/**
 * A graph loaded into ONNX Runtime. Thread-safe as long as it is open; on a device that has memory
 * of its own, the thread that loads it is its owner, and no other may use it.
 */
public final class OnnxSession implements AutoCloseable {
  private @Nullable OrtSession session;
  private final List<Port> inputs;
  private final List<Port> outputs;
  private final Device device;
  private final Thread owner = Thread.currentThread();

  private OnnxSession(OrtSession session, Device device) {
    this.session = session;
    this.device = device;
    this.inputs = ports(session, true);
    this.outputs = ports(session, false);
    NativeMemory.opened(0);
    if (device.hasOwnMemory()) {
      DeviceMemoryUse.of(device).opened(this);
    }
  }

  /**
   * Loads {@code model}, a serialized ONNX {@code ModelProto}.
   *
   * @throws OnnxRuntimeException if ONNX Runtime refuses the graph
   * @throws java.util.concurrent.CancellationException if the work that this is part of was stopped
   * @throws DeviceUnavailableException if the device cannot start
   */
  public static OnnxSession load(byte[] model, SessionSettings settings) {
    OrtSessionOptions options = options(settings);
    try (BytePointer bytes = new BytePointer(model)) {
      OrtSession session =
          load("load a graph", options, p -> create(bytes, options, settings.packed(), p));
      return owned(session, settings.device());
    } finally {
      Ort.API.ReleaseSessionOptions(options);
    }
  }

  /**
   * Loads the ONNX model in {@code file}, with the data that it has in files beside it.
   *
   * @throws OnnxRuntimeException if ONNX Runtime refuses it
   */
  public static OnnxSession load(Path file, SessionSettings settings) {
    OrtSessionOptions options = options(settings);
    try (Pointer path = Ort.path(file)) {
      OrtSession session =
          load(
              "load the graph " + file,
              options,
              p -> Ort.API.CreateSession(Ort.ENV, path, options, p));
      return owned(session, settings.device());
    } finally {
      Ort.API.ReleaseSessionOptions(options);
    }
  }

  /**
   * Loads graphs that run in turns: on a CPU they share one arena, which goes with the last of
   * them, so that they do not each keep what they took for a run.
   *
   * @param models serialized ONNX {@code ModelProto}s
   * @param owner closes what is returned
   * @throws OnnxRuntimeException if ONNX Runtime refuses one of them
   * @throws DeviceUnavailableException if the device cannot start
   */
  public static List<OnnxSession> loadTogether(
      List<byte[]> models, SessionSettings settings, Resources owner) {
    // Sessions take the environment's arena, if there is one, when they are loaded.
    synchronized (Ort.ENV) {
      Ort.check(
          "make an arena",
          Ort.API.CreateAndRegisterAllocator(
              Ort.ENV, Ort.CPU, /* arena_cfg= */ (OrtArenaCfg) null));
      try {
        List<OnnxSession> sessions = new ArrayList<>();
        for (byte[] model : models) {
          sessions.add(owner.add(load(model, settings.inSharedArena())));
        }
        return sessions;
      } finally {
        Ort.check("leave an arena to its sessions", Ort.API.UnregisterAllocator(Ort.ENV, Ort.CPU));
      }
    }
  }

  /** Loads, unless the work that this is part of is stopped meanwhile. */
  private static OrtSession load(
      String doing, OrtSessionOptions options, Function<PointerPointer<Pointer>, OrtStatus> load) {
    return ExclusiveUse.runGraph(
        () -> Ort.check("end a load", Ort.API.SessionOptionsSetLoadCancellationFlag(options, true)),
        () -> Ort.out(doing, load, OrtSession::new));
  }

  private static OrtStatus create(
      BytePointer model,
      OrtSessionOptions options,
      @Nullable PackedWeights packed,
      PointerPointer<Pointer> session) {
    long length = model.capacity();
    return packed == null
        ? Ort.API.CreateSessionFromArray(Ort.ENV, model, length, options, session)
        : Ort.API.CreateSessionFromArrayWithPrepackedWeightsContainer(
            Ort.ENV, model, length, options, packed.container(), session);
  }

  private static OnnxSession owned(OrtSession session, Device device) {
    try {
      return new OnnxSession(session, device);
    } catch (RuntimeException e) {
      Ort.API.ReleaseSession(session);
      throw e;
    }
  }

  static OrtSessionOptions options(SessionSettings settings) {
    OrtSessionOptions options =
        Ort.out("make session options", Ort.API::CreateSessionOptions, OrtSessionOptions::new);
    try {
      Ort.check("set threads", Ort.API.SetIntraOpNumThreads(options, settings.threads()));
      Ort.check(
          "set optimization", Ort.API.SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL));
      // Measured: 40 % less peak memory at no cost in time, and no growth with varying shapes.
      Ort.check("disable the memory pattern", Ort.API.DisableMemPattern(options));
      if (settings.isArenaShared()) {
        try (BytePointer key = new BytePointer("session.use_env_allocators");
            BytePointer on = new BytePointer("1")) {
          Ort.check("share an arena", Ort.API.AddSessionConfigEntry(options, key, on));
        }
      }
      if (settings.device().isCuda()) {
        CudaProvider.addTo(options, settings.device());
        Placement.record(options);
      }
      if (!settings.initializers().isEmpty()) {
        addInitializers(options, settings.initializers());
        if (!settings.device().isCuda()) {
          shareInitializers(options, settings.initializers());
        }
      }
      return options;
    } catch (RuntimeException e) {
      Ort.API.ReleaseSessionOptions(options);
      throw e;
    }
  }

  private static void addInitializers(OrtSessionOptions options, Map<String, Tensor> tensors) {
    String[] names = tensors.keySet().toArray(String[]::new);
    try (PointerPointer<BytePointer> namePointers =
            new PointerPointer<>(names, StandardCharsets.UTF_8);
        PointerPointer<Pointer> values = new PointerPointer<>(names.length)) {
      for (int i = 0; i < names.length; i++) {
        Tensor tensor = tensors.get(names[i]);
        if (tensor == null) {
          throw new IllegalArgumentException("initializer " + names[i] + " has no tensor");
        }
        values.put(i, tensor.value());
      }
      Ort.check(
          "hand over initializers",
          Ort.API.AddExternalInitializers(options, namePointers, values, names.length));
    }
  }

  // The initializers above are what optimizations of the graph read; what they leave as it is, the
  // kernels would copy, and pack each session for itself.
  private static void shareInitializers(OrtSessionOptions options, Map<String, Tensor> tensors) {
    tensors.forEach(
        (name, tensor) -> {
          try (BytePointer n = new BytePointer(name, StandardCharsets.UTF_8)) {
            Ort.check(
                "share initializer " + name, Ort.API.AddInitializer(options, n, tensor.value()));
          }
        });
  }

  /** The graph's inputs, in its order. */
  public List<Port> inputs() {
    return inputs;
  }

  /** The graph's outputs, in its order. */
  public List<Port> outputs() {
    return outputs;
  }

  /** The device it runs on. */
  public Device device() {
    return device;
  }

  /** Where each node runs, fused ones once; known for sessions on a GPU, empty for others. */
  public List<Placement> placements() {
    return device.isCuda() ? Placement.of(session()) : List.of();
  }

  /** A fresh binding; the caller closes it, before this session. */
  public Binding bind() {
    return new Binding(this);
  }

  OrtSession session() {
    if (device.hasOwnMemory() && Thread.currentThread() != owner) {
      throw new SessionThreadException(device, owner, Thread.currentThread());
    }
    return open();
  }

  private OrtSession open() {
    if (session == null) {
      throw new IllegalStateException("the session is closed");
    }
    return session;
  }

  /** What its runs and its copies of weights take of its device's memory, in bytes. */
  public long arena(ArenaUse.Figure figure) {
    return ArenaUse.of(open(), DeviceMemory.of(device).info(), figure);
  }

  @Override
  public void close() {
    if (session == null) {
      return;
    }
    if (device.hasOwnMemory()) {
      DeviceMemoryUse.of(device).closing(this);
    }
    Ort.API.ReleaseSession(session);
    session = null;
    NativeMemory.closed(0);
  }

  private static List<Port> ports(OrtSession session, boolean input) {
    OrtAllocator allocator =
        Ort.out("get an allocator", Ort.API::GetAllocatorWithDefaultOptions, OrtAllocator::new);
    List<Port> ports = new ArrayList<>();
    try (SizeTPointer count = new SizeTPointer(1)) {
      Ort.check(
          "count a graph's ports",
          input
              ? Ort.API.SessionGetInputCount(session, count)
              : Ort.API.SessionGetOutputCount(session, count));
      for (long i = 0; i < count.get(); i++) {
        ports.add(port(session, allocator, input, i));
      }
    }
    return List.copyOf(ports);
  }

  private static Port port(OrtSession session, OrtAllocator allocator, boolean input, long index) {
    BytePointer name =
        Ort.out(
            "name a graph's port",
            p ->
                input
                    ? Ort.API.SessionGetInputName(session, index, allocator, p)
                    : Ort.API.SessionGetOutputName(session, index, allocator, p),
            BytePointer::new);
    OrtTypeInfo info =
        Ort.out(
            "describe a graph's port",
            p ->
                input
                    ? Ort.API.SessionGetInputTypeInfo(session, index, p)
                    : Ort.API.SessionGetOutputTypeInfo(session, index, p),
            OrtTypeInfo::new);
    try (IntPointer code = new IntPointer(1)) {
      OrtTensorTypeAndShapeInfo tensor =
          Ort.out(
              "describe a graph's port",
              p -> Ort.API.CastTypeInfoToTensorInfo(info, p),
              OrtTensorTypeAndShapeInfo::new);
      Ort.check("read a type", Ort.API.GetTensorElementType(tensor, code));
      return new Port(
          name.getString(StandardCharsets.UTF_8),
          ElementType.ofCode(code.get()),
          ValueTypes.dimensions(tensor));
    } finally {
      Ort.API.ReleaseTypeInfo(info);
      Ort.check("free a name", Ort.API.AllocatorFree(allocator, name));
    }
  }
}
