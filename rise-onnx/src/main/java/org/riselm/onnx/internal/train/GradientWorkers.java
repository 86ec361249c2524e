package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.internal.util.Workers;

/**
 * Workers beside each other. Where a model is small, several of few threads are faster than one of
 * many: nobody waits for anybody between two operators, and what a small micro-batch leaves from
 * one to the next fits into the processor's own cache (decision 015).
 *
 * <p>Which worker takes which micro-batch is a matter of time; but gradients are added in the
 * micro-batches' order, so the sum is the same bits on any number of workers.
 */
final class GradientWorkers implements AutoCloseable {
  private final LayeredGraph graph;
  private final ModelTensors model;
  private final ParameterBlock gradients;
  private final int threads;
  private final Resources resources = new Resources();
  private final List<GradientWorker> opened = new ArrayList<>();
  private final Workers workers;
  private @Nullable LayeredSession session;

  /**
   * Loads the graph and opens workers when they are first needed.
   *
   * @param threads of each
   * @param most workers that work at a time
   */
  GradientWorkers(
      LayeredGraph graph, ModelTensors model, ParameterBlock gradients, int threads, int most) {
    this.graph = graph;
    this.model = model;
    this.gradients = gradients;
    this.threads = threads;
    this.workers = resources.add(new Workers("training-worker", most));
  }

  /**
   * Adds the gradients of {@code batches} to what is there.
   *
   * @param count of workers, the first of which is the calling thread's
   * @param overwrites whether what is there is overwritten instead
   * @return the sum of the micro-batches' losses
   */
  double accumulate(List<MicroBatch> batches, int count, boolean overwrites) {
    MicroBatchQueue work = new MicroBatchQueue(batches);
    while (opened.size() < count) {
      opened.add(resources.add(new GradientWorker(session(), model, gradients, threads)));
    }
    // Each piece is a worker's share of the work, which it takes for as long as there is any.
    workers.each(count, number -> share -> opened.get(number).work(work, overwrites));
    return work.loss();
  }

  private LayeredSession session() {
    if (session == null) {
      session = resources.add(new LayeredSession(graph, threads, model.device()));
    }
    return session;
  }

  /** Where every node of the graph runs; known on a GPU only. */
  List<Placement> placements() {
    return session().placements();
  }

  @Override
  public void close() {
    resources.close();
    opened.clear();
  }
}
