package org.riselm.core.internal.util;

import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A thread that makes one call after the other for somebody who waits for each. It looks out for
 * the next for a moment before it sleeps: to wake a thread takes longer than most calls do. Ends by
 * itself when nothing has come for some seconds.
 */
public final class CallThread {
  /** On one processor nobody looks out: the other side could not run meanwhile. */
  private static final int LOOKOUTS = Runtime.getRuntime().availableProcessors() > 1 ? 1 : 0;

  /** How long the thread looks out before it sleeps: as long as a quick policy takes to answer. */
  private static final long LOOKOUT_NANOS = LOOKOUTS * 1_000_000L;

  /** How long a caller looks out for the end of its call before it sleeps. */
  private static final long CALLER_LOOKOUT_NANOS = LOOKOUTS * 50_000L;

  private static final long IDLE_NANOS = 5_000_000_000L;

  /** In the place of a call once the thread takes no more. */
  private static final FutureTask<?> GONE = new FutureTask<>(() -> null);

  private final AtomicReference<@Nullable FutureTask<?>> next = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "rise-call");
  private volatile boolean asleep;
  private volatile boolean givenUp;

  private CallThread() {
    thread.setDaemon(true);
  }

  public static CallThread started() {
    CallThread started = new CallThread();
    started.thread.start();
    return started;
  }

  /**
   * Has {@code call} made, and looks out for its end for a moment. The call before it must be over.
   *
   * @return whether it will be made; false once the thread has ended
   */
  public boolean make(FutureTask<?> call) {
    if (!next.compareAndSet(null, call)) {
      return false;
    }
    if (asleep) {
      wake();
    }
    long start = System.nanoTime();
    while (!call.isDone() && System.nanoTime() - start < CALLER_LOOKOUT_NANOS) {
      Thread.onSpinWait();
    }
    return true;
  }

  // A monitor and not LockSupport, whose permits a user's code on this thread would find.
  private synchronized void wake() {
    notifyAll();
  }

  private synchronized void sleep() {
    asleep = true;
    try {
      long start = System.nanoTime();
      for (long left = IDLE_NANOS; next.get() == null && left > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = IDLE_NANOS - (System.nanoTime() - start);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Given up while it slept.
    } finally {
      asleep = false;
    }
  }

  /** Interrupts the call that is being made, and takes no more. Does not wait. */
  public void giveUp() {
    givenUp = true;
    thread.interrupt();
  }

  private void run() {
    long idleSince = System.nanoTime();
    while (!givenUp) { // Read before a call is taken: the interrupt of giveUp comes after it.
      FutureTask<?> call = next.getAndSet(null);
      long idle = System.nanoTime() - idleSince;
      if (call != null) {
        call.run();
        Thread.interrupted(); // What a call did to itself is nothing to the next.
        idleSince = System.nanoTime();
      } else if (idle < LOOKOUT_NANOS) {
        Thread.onSpinWait();
      } else if (idle < IDLE_NANOS) {
        sleep();
      } else if (next.compareAndSet(null, GONE)) {
        return;
      }
    }
  }
}
