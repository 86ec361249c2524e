package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
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
  private final Supplier<GradientWorker> fresh;
  private final Resources resources = new Resources();
  private final List<GradientWorker> opened = new ArrayList<>();
  private final Workers workers;

  /**
   * Opens a worker when it is first needed.
   *
   * @param most workers that work at a time
   */
  GradientWorkers(Supplier<GradientWorker> fresh, int most) {
    this.fresh = fresh;
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
    worker(count - 1); // Opens all of them, on this thread.
    // Each piece is a worker's share of the work, which it takes for as long as there is any.
    workers.each(count, number -> share -> opened.get(number).work(work, overwrites));
    return work.loss();
  }

  /** The worker {@code index}, from 0. */
  GradientWorker worker(int index) {
    while (opened.size() <= index) {
      opened.add(resources.add(fresh.get()));
    }
    return opened.get(index);
  }

  @Override
  public void close() {
    resources.close();
    opened.clear();
  }
}
