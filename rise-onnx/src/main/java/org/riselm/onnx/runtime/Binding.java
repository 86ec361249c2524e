package org.riselm.onnx.runtime;

import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.OrtIoBinding;
import org.bytedeco.onnxruntime.OrtRunOptions;
import org.jspecify.annotations.Nullable;

/**
 * A loaded graph with its inputs and outputs in place. Bound once, run often: a run reads and
 * writes the bound tensors' memory and allocates no result. The same tensor may be an input and an
 * output where the graph allows for it. The tensors stay the caller's and must stay open. Not
 * thread-safe.
 */
public final class Binding implements AutoCloseable {
  private final OnnxSession session;
  private @Nullable OrtIoBinding binding;

  Binding(OnnxSession session) {
    this.session = session;
    this.binding =
        Ort.out(
            "bind a graph", p -> Ort.API.CreateIoBinding(session.session(), p), OrtIoBinding::new);
    NativeMemory.opened(0);
  }

  /** Feeds {@code tensor} to the input {@code name}. */
  public Binding input(String name, Tensor tensor) {
    try (BytePointer n = new BytePointer(name, StandardCharsets.UTF_8)) {
      Ort.check("bind input " + name, Ort.API.BindInput(binding(), n, tensor.value()));
    }
    return this;
  }

  /** Has the output {@code name} written to {@code tensor}, whose shape must be the output's. */
  public Binding output(String name, Tensor tensor) {
    try (BytePointer n = new BytePointer(name, StandardCharsets.UTF_8)) {
      Ort.check("bind output " + name, Ort.API.BindOutput(binding(), n, tensor.value()));
    }
    return this;
  }

  /** Forgets every input and output. */
  public Binding clear() {
    Ort.API.ClearBoundInputs().call(binding());
    Ort.API.ClearBoundOutputs().call(binding());
    return this;
  }

  /**
   * Runs the graph once.
   *
   * @throws OnnxRuntimeException naming the node, if the run fails or a shape does not fit
   */
  public void run() {
    long started = System.nanoTime();
    Ort.check(
        "run a graph", Ort.API.RunWithBinding(session.session(), (OrtRunOptions) null, binding()));
    NativeTime.spent(System.nanoTime() - started);
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
    binding = null;
    NativeMemory.closed(0);
  }
}
