package org.riselm.onnx.internal.runtime;

import java.util.function.Consumer;
import org.bytedeco.onnxruntime.OrtRunOptions;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.util.ExclusiveUse;

/**
 * The options of a graph's runs, through which another thread ends a run after the operator that it
 * is at. Not thread-safe.
 */
public final class TerminableRun implements AutoCloseable {
  private final @Nullable Device releasing;
  private @Nullable OrtRunOptions options;

  /** Options of runs that change nothing. */
  public TerminableRun() {
    this(null);
  }

  /** Options of runs after each of which a session gives back what it took of {@code releasing}. */
  public TerminableRun(@Nullable Device releasing) {
    this.releasing = releasing;
  }

  /**
   * Runs a graph, unless the work that this is part of was stopped.
   *
   * @param graph runs it with the options that it is given
   * @throws java.util.concurrent.CancellationException if the work was stopped
   */
  void run(Consumer<OrtRunOptions> graph) {
    if (options == null) {
      options = Ort.out("make run options", Ort.API::CreateRunOptions, OrtRunOptions::new);
      if (releasing != null && releasing.isCuda()) {
        CudaProvider.releaseAfterwards(releasing, options);
      }
    }
    OrtRunOptions used = options;
    ExclusiveUse.runGraph(
        () -> Ort.check("end a run", Ort.API.RunOptionsSetTerminate(used)),
        () -> {
          graph.accept(used);
          return this;
        });
  }

  @Override
  public void close() {
    if (options != null) {
      Ort.API.ReleaseRunOptions(options);
      options = null;
    }
  }
}
