package org.riselm.onnx.internal.runtime;

import java.util.function.Consumer;
import org.bytedeco.onnxruntime.OrtRunOptions;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.util.ExclusiveUse;

/**
 * The options of a graph's runs, through which another thread ends a run after the operator that it
 * is at. Not thread-safe.
 */
final class TerminableRun implements AutoCloseable {
  private @Nullable OrtRunOptions options;

  /**
   * Runs a graph, unless the work that this is part of was stopped.
   *
   * @param graph runs it with the options that it is given
   * @throws java.util.concurrent.CancellationException if the work was stopped
   */
  void run(Consumer<OrtRunOptions> graph) {
    if (options == null) {
      options = Ort.out("make run options", Ort.API::CreateRunOptions, OrtRunOptions::new);
    }
    OrtRunOptions used = options;
    ExclusiveUse.runGraph(
        () -> Ort.check("end a run", Ort.API.RunOptionsSetTerminate(used)),
        () -> graph.accept(used));
  }

  @Override
  public void close() {
    if (options != null) {
      Ort.API.ReleaseRunOptions(options);
      options = null;
    }
  }
}
