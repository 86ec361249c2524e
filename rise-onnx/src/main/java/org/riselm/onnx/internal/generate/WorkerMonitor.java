package org.riselm.onnx.internal.generate;

import com.google.common.base.Throwables;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Between workers on threads of their own and the thread that waits for them: brings it what they
 * finish, and stops all of them as soon as one fails or it does.
 */
final class WorkerMonitor implements BatchMonitor {
  private volatile boolean stopped;
  private int running;
  private int unfinished;
  private int completions;
  private long tokens;
  private @Nullable Throwable failure;

  /** For so many workers, which have so many responses together. */
  WorkerMonitor(int workers, int sequences) {
    this.running = workers;
    this.unfinished = sequences;
  }

  /** Runs a worker on this thread, to its end or until all are stopped. */
  void run(Runnable worker) {
    Throwable thrown = null;
    try {
      worker.run();
    } catch (Throwable t) { // Whatever it is, the waiting thread throws it.
      thrown = t;
    }
    ended(thrown);
  }

  private synchronized void ended(@Nullable Throwable thrown) {
    running--;
    if (thrown != null && failure == null) {
      failure = thrown;
      stopped = true;
    }
    notifyAll();
  }

  @Override
  public void step(int ofThisWorker) {
    if (stopped) {
      throw new CancellationException("another worker failed, or nobody waits any more");
    }
  }

  @Override
  public synchronized void advanced(int more, long moreTokens) {
    completions += more;
    tokens += moreTokens;
    notifyAll();
  }

  /**
   * Waits until every worker has ended, and tells {@code progress} on this thread what they finish.
   * Throws what the first worker to fail threw, or {@code progress}.
   *
   * @throws CancellationException if this thread is interrupted; it stays so
   */
  void await(SamplingProgress progress) {
    try {
      while (tell(progress)) {
        // Until nothing is left to tell.
      }
    } catch (InterruptedException e) {
      endAll();
      Thread.currentThread().interrupt();
      throw BatchMonitor.interrupted(unfinished);
    } finally {
      endAll();
    }
    synchronized (this) {
      if (failure != null) {
        Throwables.throwIfUnchecked(failure);
        throw new IllegalStateException(failure);
      }
    }
  }

  // Whether there was something.
  private boolean tell(SamplingProgress progress) throws InterruptedException {
    int done;
    long sampled;
    synchronized (this) {
      while (completions == 0 && running > 0) {
        wait();
      }
      done = completions;
      sampled = tokens;
      completions = 0;
      tokens = 0;
      unfinished -= done;
    }
    if (done > 0) {
      progress.advanced(done, sampled);
    }
    return done > 0;
  }

  // Nothing of a worker goes on behind its call.
  private synchronized void endAll() {
    stopped = true;
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
