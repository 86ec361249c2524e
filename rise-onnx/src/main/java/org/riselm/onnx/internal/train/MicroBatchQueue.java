package org.riselm.onnx.internal.train;

import com.google.common.base.Throwables;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step's micro-batches, which workers take one by one and add up in their order. */
final class MicroBatchQueue {
  private final List<MicroBatch> batches;
  private int taken;
  private int added;
  private double loss;
  private @Nullable Throwable failure;

  MicroBatchQueue(List<MicroBatch> batches) {
    this.batches = batches;
  }

  /** The place of the micro-batch to do next; -1 if all are taken, or one has failed. */
  synchronized int take() {
    return failure == null && taken < batches.size() ? taken++ : -1;
  }

  MicroBatch batch(int place) {
    return batches.get(place);
  }

  /**
   * Waits until what was taken before {@code place} is added, then adds it.
   *
   * @param add what adds its gradients; not run if another has failed
   */
  synchronized void addInTurn(int place, double itsLoss, Runnable add) {
    boolean interrupted = false;
    while (failure == null && added < place) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // The one before is done in a moment, and a step is not cut in two.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure == null) {
      add.run();
      loss += itsLoss;
      added++;
      notifyAll();
    }
  }

  /** Has every worker stop at its next micro-batch. */
  synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    } else {
      failure.addSuppressed(cause);
    }
    notifyAll();
  }

  /** The sum of the losses, once every worker is done; throws what one has failed with. */
  synchronized double loss() {
    if (failure != null) {
      Throwables.throwIfUnchecked(failure);
      throw new IllegalStateException(failure);
    }
    return loss;
  }
}
