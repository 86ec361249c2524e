package org.riselm.onnx.internal.runtime;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.onnxruntime.OrtRunOptions;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.OutOfDeviceMemoryException;

/**
 * Runs a session over tensors in the order of its inputs and outputs: less work a run than a {@link
 * Binding} where most tensors are others each time. Thread-safe as far as the session is.
 */
public final class OrderedRun implements AutoCloseable {
  private final OnnxSession session;
  private final PointerPointer<BytePointer> inputs;
  private final PointerPointer<BytePointer> outputs;

  /** Prepares to run {@code session}, which stays the caller's. */
  public OrderedRun(OnnxSession session) {
    this.session = session;
    this.inputs = names(session.inputs());
    this.outputs = names(session.outputs());
    NativeMemory.opened(0);
  }

  private static PointerPointer<BytePointer> names(List<Port> ports) {
    String[] names = ports.stream().map(Port::name).toArray(String[]::new);
    return new PointerPointer<>(names, StandardCharsets.UTF_8);
  }

  /**
   * Runs the graph once.
   *
   * @param in what its inputs read
   * @param out what its outputs are written to, of exactly their shapes
   * @param options of the run, which no other thread uses meanwhile
   * @throws OnnxRuntimeException naming the node, if the run fails or a shape does not fit
   * @throws OutOfDeviceMemoryException if a device has not enough memory for it
   * @throws java.util.concurrent.CancellationException if the work that this is part of was stopped
   */
  public void run(List<Tensor> in, List<Tensor> out, TerminableRun options) {
    if (in.size() != session.inputs().size() || out.size() != session.outputs().size()) {
      throw new IllegalArgumentException(
          "%d inputs and %d outputs for a graph that has %d and %d"
              .formatted(in.size(), out.size(), session.inputs().size(), session.outputs().size()));
    }
    options.run(o -> run(in, out, o));
  }

  private void run(List<Tensor> in, List<Tensor> out, OrtRunOptions options) {
    long started = System.nanoTime();
    try (PointerPointer<Pointer> ins = values(in);
        PointerPointer<Pointer> outs = values(out)) {
      Ort.check(
          "run a graph",
          Ort.API.Run(
              session.session(), options, inputs, ins, in.size(), outputs, out.size(), outs));
    } catch (OnnxRuntimeException e) {
      throw CudaProvider.outOfMemory(session.device(), e).orElseThrow(() -> e);
    } finally {
      NativeTime.spent(System.nanoTime() - started);
    }
  }

  private static PointerPointer<Pointer> values(List<Tensor> tensors) {
    PointerPointer<Pointer> values = new PointerPointer<>(Math.max(1, tensors.size()));
    for (int i = 0; i < tensors.size(); i++) {
      values.put(i, tensors.get(i).value());
    }
    return values;
  }

  @Override
  public void close() {
    if (inputs.isNull()) {
      return;
    }
    inputs.close();
    outputs.close();
    NativeMemory.closed(0);
  }
}
