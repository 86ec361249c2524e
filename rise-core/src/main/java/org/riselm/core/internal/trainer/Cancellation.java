package org.riselm.core.internal.trainer;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.Capabilities;
import org.riselm.core.internal.util.ExitHook;
import org.riselm.core.internal.util.Interruption;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.run.RunException;

/**
 * Lets one thread at a time work for a trainer, and stops it: it is interrupted, and stops at its
 * next step.
 */
public final class Cancellation implements ExitHook.Work {
  private static final System.Logger LOG = System.getLogger("org.riselm.core.RiseTrainer");

  /** How often a closing thread looks whether the JVM ends. */
  private static final long POLL_MILLIS = 50;

  private @Nullable Thread worker;
  private boolean closed;
  private @Nullable Runnable closeWhenDone;

  /**
   * Runs {@code work} on this thread, which {@link #cancelAndClose} may interrupt meanwhile.
   *
   * @throws IllegalStateException if the trainer is closed, or at work on this thread or another
   */
  public <T> T runExclusively(Supplier<T> work) {
    begin();
    try {
      return work.get();
    } catch (RunException e) {
      if (Thread.currentThread().isInterrupted()) {
        // Files that are being written when the thread is interrupted fail like a broken disk.
        throw Interruption.stopped(e);
      }
      throw e;
    } finally {
      end();
    }
  }

  private synchronized void begin() {
    Thread caller = Thread.currentThread();
    if (closed) {
      throw new IllegalStateException("the trainer is closed");
    }
    if (worker == caller) {
      throw new IllegalStateException(
          "the trainer is at work on this thread, \"%s\": a listener, reward or feedback must not call iterate, run or evaluate"
              .formatted(caller.getName()));
    }
    if (worker != null) {
      throw new IllegalStateException(
          "the trainer is at work on the thread \"%s\", and \"%s\" calls it: wait until it is done"
              .formatted(worker.getName(), caller.getName()));
    }
    worker = caller;
    ExitHook.add(this);
  }

  private synchronized void end() {
    worker = null;
    ExitHook.remove(this);
    notifyAll();
    if (closeWhenDone != null) {
      Thread.interrupted(); // It was this thread that wanted to stop, and it has.
      closeWhenDone.run();
    }
  }

  /**
   * Stops the work, waits for its end, and runs {@code close}, once. Called by the work itself, it
   * does not wait: {@code close} runs when the work has stopped.
   */
  public synchronized void cancelAndClose(Runnable close) {
    Thread busy = worker;
    boolean first = !closed;
    closed = true;
    if (busy != null && first) {
      busy.interrupt();
    }
    if (busy == Thread.currentThread()) {
      closeWhenDone = first ? close : closeWhenDone;
      return;
    }
    awaitEnd();
    if (first && worker == null) {
      close.run();
    }
  }

  /** Waits for the end of the work, or until the work waits for the end of the JVM. */
  private synchronized void awaitEnd() {
    boolean interrupted = false;
    while (worker != null && !ExitHook.isAwaitedBy(worker)) {
      try {
        wait(POLL_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true; // What is in use cannot be closed.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stopForExit() {
    LOG.log(
        System.Logger.Level.INFO,
        "The run is stopped by the end of the JVM; with a run directory, the same program goes on"
            + " from there");
  }

  /** Returns {@code policy}, which stops for an interrupt whenever it reports progress. */
  public static TrainablePolicy cancellable(TrainablePolicy policy) {
    return Capabilities.keep(TrainablePolicy.class, new CancellablePolicy(policy), policy);
  }
}
