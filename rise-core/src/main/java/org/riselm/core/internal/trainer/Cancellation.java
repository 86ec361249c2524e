package org.riselm.core.internal.trainer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.SamplingProgress;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.core.run.RunException;

/** Stops a trainer: the thread at work is interrupted, and heeds that at its next step. */
public final class Cancellation {
  private final ReentrantLock work = new ReentrantLock();
  private volatile @Nullable Thread worker;
  private boolean closed;

  /** Runs {@code work} on this thread, which {@link #cancelAndClose} may interrupt meanwhile. */
  public <T> T runExclusively(Supplier<T> work) {
    this.work.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the trainer is closed");
      }
      worker = Thread.currentThread();
      return work.get();
    } catch (RunException e) {
      if (Thread.currentThread().isInterrupted()) {
        // Files that are being written when the thread is interrupted fail like a broken disk.
        throw stopped(e);
      }
      throw e;
    } finally {
      worker = null;
      this.work.unlock();
    }
  }

  /** Stops the work, waits for its end, and runs {@code close}, once. */
  public void cancelAndClose(Runnable close) {
    Thread busy = worker;
    if (busy != null && busy != Thread.currentThread()) {
      busy.interrupt();
    }
    work.lock();
    try {
      if (!closed) {
        closed = true;
        close.run();
      }
    } finally {
      work.unlock();
    }
  }

  /**
   * Goes on unless the thread is interrupted.
   *
   * @throws CancellationException if it is; it stays so
   */
  public static void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw stopped(null);
    }
  }

  private static CancellationException stopped(@Nullable Exception cause) {
    CancellationException e =
        new CancellationException(
            "the run was stopped; a run directory holds what was complete, and goes on from there");
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }

  /** {@code policy}, which heeds {@link #check} whenever it tells of progress. */
  public static TrainablePolicy cancellable(TrainablePolicy policy) {
    return new TrainablePolicy() {
      @Override
      public List<Completion> complete(
          List<Query> queries, SamplingOptions sampling, SamplingProgress progress) {
        return policy.complete(
            queries,
            sampling,
            (completions, tokens) -> {
              check();
              progress.advanced(completions, tokens);
            });
      }

      @Override
      public boolean fits(Example example) {
        return policy.fits(example);
      }

      @Override
      public TrainingSummary train(
          List<Example> examples,
          TrainingOptions training,
          TrainingProgress progress,
          TrainingCheckpoints points) {
        return policy.train(
            examples,
            training,
            step -> {
              check();
              progress.stepped(step);
            },
            points);
      }

      @Override
      public void save(Path folder) throws IOException {
        policy.save(folder);
      }

      @Override
      public void restore(Path folder) throws IOException {
        policy.restore(folder);
      }
    };
  }
}
