package org.riselm.onnx.train;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.riselm.onnx.runtime.Resources;

/**
 * Lanes beside each other. Where a model is small, several of few threads are faster than one of
 * many: nobody waits for anybody between two operators, and what a small micro-batch leaves from
 * one to the next fits into the processor's own cache (decision 015).
 *
 * <p>Which lane takes which micro-batch is a matter of time; but gradients are added in the
 * micro-batches' order, so the sum is the same bits on any number of lanes.
 */
final class Lanes implements AutoCloseable {
  private final Supplier<Lane> fresh;
  private final Resources resources = new Resources();
  private final List<Lane> lanes = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          new ThreadFactoryBuilder().setNameFormat("training-lane-%d").setDaemon(true).build());

  /** Opens a lane when it is first needed. */
  Lanes(Supplier<Lane> fresh) {
    this.fresh = fresh;
  }

  /**
   * Adds the gradients of {@code batches} to what is there.
   *
   * @param count of lanes, the first of which is the calling thread's
   * @param overwrites whether what is there is overwritten instead
   * @return the sum of the micro-batches' losses
   */
  double accumulate(List<MicroBatch> batches, int count, boolean overwrites) {
    LaneWork work = new LaneWork(batches);
    List<Future<?>> others = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      Lane lane = lane(i);
      others.add(threads.submit(() -> lane.work(work, overwrites)));
    }
    lane(0).work(work, overwrites);
    others.forEach(Futures::getUnchecked);
    return work.loss();
  }

  /** The lane {@code index}, from 0. */
  Lane lane(int index) {
    while (lanes.size() <= index) {
      lanes.add(resources.add(fresh.get()));
    }
    return lanes.get(index);
  }

  /** Ends the threads, which have nothing to do between two calls. */
  @Override
  public void close() {
    threads.shutdown();
    resources.close();
    lanes.clear();
  }
}
