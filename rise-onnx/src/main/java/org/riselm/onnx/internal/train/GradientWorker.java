package org.riselm.onnx.internal.train;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.util.Resources;

/** A session of the training graph, and room for one micro-batch's gradients if it needs it. */
final class GradientWorker implements AutoCloseable {
  private final Resources resources = new Resources();
  private final byte[] graph;
  private final ModelTensors model;
  private final ParameterBlock gradients;
  private final int threads;
  private @Nullable GradientSession session;
  private @Nullable GradientAccumulator sum;

  /** Loads nothing yet: that takes long enough for workers to do it beside each other. */
  GradientWorker(byte[] graph, ModelTensors model, ParameterBlock gradients, int threads) {
    this.graph = graph;
    this.model = model;
    this.gradients = gradients;
    this.threads = threads;
  }

  /**
   * Does micro-batches of {@code work} for as long as there are any.
   *
   * @param overwrite whether the first of them overwrites what the gradients were
   */
  void work(MicroBatchQueue work, boolean overwrite) {
    try {
      for (int i = work.take(); i >= 0; i = work.take()) {
        boolean overwrites = overwrite && i == 0;
        double loss = session().run(work.batch(i), overwrites ? gradients : sum().next());
        work.addInTurn(i, loss, overwrites ? () -> {} : sum()::add);
      }
    } catch (RuntimeException | Error e) {
      work.fail(e);
    }
  }

  private GradientSession session() {
    if (session == null) {
      session = resources.add(new GradientSession(graph, model, threads));
    }
    return session;
  }

  private GradientAccumulator sum() {
    if (sum == null) {
      sum = resources.add(new GradientAccumulator(gradients, threads));
    }
    return sum;
  }

  /** Where every node of the graph runs; known on a GPU only. */
  List<Placement> placements() {
    return session().placements();
  }

  @Override
  public void close() {
    resources.close();
  }
}
