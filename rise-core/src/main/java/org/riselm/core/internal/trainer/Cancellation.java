package org.riselm.core.internal.trainer;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Capabilities;
import org.riselm.core.internal.util.Interruption;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.run.RunException;

/** Stops a trainer: the thread at work is interrupted, and stops at its next step. */
public final class Cancellation {
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Thread worker;
  private boolean closed;

  /** Runs {@code work} on this thread, which {@link #cancelAndClose} may interrupt meanwhile. */
  public <T> T runExclusively(Supplier<T> work) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the trainer is closed");
      }
      worker = Thread.currentThread();
      return work.get();
    } catch (RunException e) {
      if (Thread.currentThread().isInterrupted()) {
        // Files that are being written when the thread is interrupted fail like a broken disk.
        throw Interruption.stopped(e);
      }
      throw e;
    } finally {
      worker = null;
      lock.unlock();
    }
  }

  /** Stops the work, waits for its end, and runs {@code close}, once. */
  public void cancelAndClose(Runnable close) {
    Thread busy = worker;
    if (busy != null && busy != Thread.currentThread()) {
      busy.interrupt();
    }
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        close.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns {@code policy}, which stops for an interrupt whenever it reports progress. */
  public static TrainablePolicy cancellable(TrainablePolicy policy) {
    return Capabilities.keep(TrainablePolicy.class, new CancellablePolicy(policy), policy);
  }
}
