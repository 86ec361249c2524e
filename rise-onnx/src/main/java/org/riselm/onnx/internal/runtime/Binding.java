package org.riselm.onnx.internal.runtime;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.OrtIoBinding;
import org.bytedeco.onnxruntime.OrtRunOptions;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.OutOfDeviceMemoryException;

/**
 * A loaded graph with its inputs and outputs in place. Bound once, run often: a run reads and
 * writes the bound tensors' memory and allocates no result. The same tensor may be an input and an
 * output where the graph allows for it. The tensors stay the caller's and must stay open. Not
 * thread-safe.
 */
public final class Binding implements AutoCloseable {
  private final OnnxSession session;
  private @Nullable OrtIoBinding binding;
  private final TerminableRun runs = new TerminableRun();
  // Bytes of host memory that a run on a device takes and gives, by what they are bound to.
  private final Map<String, Long> hostInputs = new HashMap<>();
  private final Map<String, Long> hostOutputs = new HashMap<>();

  Binding(OnnxSession session) {
    this.session = session;
    this.binding =
        Ort.out(
            "bind a graph", p -> Ort.API.CreateIoBinding(session.session(), p), OrtIoBinding::new);
    NativeMemory.opened(0);
  }

  /** Feeds {@code tensor} to the input {@code name}. */
  public Binding input(String name, Tensor tensor) {
    bound(hostInputs, name, tensor);
    try (BytePointer n = new BytePointer(name, StandardCharsets.UTF_8)) {
      Ort.check("bind input " + name, Ort.API.BindInput(binding(), n, tensor.value()));
    }
    return this;
  }

  /** Has the output {@code name} written to {@code tensor}, whose shape must be the output's. */
  public Binding output(String name, Tensor tensor) {
    bound(hostOutputs, name, tensor);
    try (BytePointer n = new BytePointer(name, StandardCharsets.UTF_8)) {
      Ort.check("bind output " + name, Ort.API.BindOutput(binding(), n, tensor.value()));
    }
    return this;
  }

  private void bound(Map<String, Long> host, String name, Tensor tensor) {
    boolean crosses = !tensor.device().equals(session.device());
    if (crosses && tensor.device().hasOwnMemory()) {
      throw new IllegalArgumentException(
          "%s is bound to a tensor of %s; the session runs on %s"
              .formatted(name, tensor.device(), session.device()));
    }
    if (crosses) {
      host.put(name, tensor.elements() * tensor.type().bytes());
    } else {
      host.remove(name);
    }
  }

  /** Forgets every input and output. */
  public Binding clear() {
    hostInputs.clear();
    hostOutputs.clear();
    Ort.API.ClearBoundInputs().call(binding());
    Ort.API.ClearBoundOutputs().call(binding());
    return this;
  }

  /**
   * Runs the graph once.
   *
   * @throws OnnxRuntimeException naming the node, if the run fails or a shape does not fit
   * @throws OutOfDeviceMemoryException if a device has not enough memory for it
   * @throws java.util.concurrent.CancellationException if the work that this is part of was stopped
   */
  public void run() {
    runs.run(this::run);
  }

  private void run(OrtRunOptions options) {
    long started = System.nanoTime();
    try {
      Ort.check("run a graph", Ort.API.RunWithBinding(session.session(), options, binding()));
    } catch (OnnxRuntimeException e) {
      throw CudaProvider.outOfMemory(session.device(), e).orElseThrow(() -> e);
    } finally {
      NativeTime.spent(System.nanoTime() - started);
    }
    TransferCounter.in(sum(hostInputs));
    TransferCounter.out(sum(hostOutputs));
  }

  private static long sum(Map<String, Long> bytes) {
    long sum = 0;
    for (long b : bytes.values()) {
      sum += b;
    }
    return sum;
  }

  private OrtIoBinding binding() {
    if (binding == null) {
      throw new IllegalStateException("the binding is closed");
    }
    return binding;
  }

  @Override
  public void close() {
    if (binding == null) {
      return;
    }
    Ort.API.ReleaseIoBinding(binding);
    runs.close();
    binding = null;
    NativeMemory.closed(0);
  }
}
