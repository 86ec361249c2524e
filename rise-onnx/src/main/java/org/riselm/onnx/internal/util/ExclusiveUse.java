package org.riselm.onnx.internal.util;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.util.ExitHook;
import org.riselm.core.internal.util.StoppedException;

/**
 * Gives native memory to one thread at a time, and frees it only when no thread uses it. A call by
 * a second thread is refused; closing, and the end of the JVM, stop the call that is running at its
 * next safe point, which is a run of a graph, and wait for it.
 *
 * <p>Threads that work for the calling one belong to its call if their tasks were {@linkplain
 * #inherit inherited}.
 */
public final class ExclusiveUse implements ExitHook.Work {
  private static final ThreadLocal<@Nullable ExclusiveUse> CURRENT = new ThreadLocal<>();
  private static final long POLL_MILLIS = 20;

  private final String name;
  private final Set<Runnable> running = new HashSet<>();
  private @Nullable Thread owner;
  private int helpers;
  private @Nullable String stopReason;
  private boolean closed;
  private boolean freed;
  private @Nullable Runnable freeWhenDone;

  /**
   * Guards something that is open.
   *
   * @param name of what is guarded, for messages: "the policy"
   */
  public ExclusiveUse(String name) {
    this.name = requireNonNull(name, "name");
  }

  /** Work that gives a result. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /** Does the work. */
    T run() throws E;
  }

  /**
   * Returns what {@code work} gives, which no other thread's call overlaps.
   *
   * @throws IllegalStateException if this is closed, if another thread's call is running, naming
   *     both threads, or if this thread's call is running: work does not nest
   * @throws StoppedException if the work was stopped
   */
  public <T, E extends Exception> T call(Work<T, E> work) throws E {
    enter();
    ExclusiveUse before = CURRENT.get();
    CURRENT.set(this);
    try {
      return work.run();
    } finally {
      restore(before);
      leave();
    }
  }

  /** Work without a result. */
  @FunctionalInterface
  public interface Task<E extends Exception> {
    /** Does the work. */
    void run() throws E;
  }

  /** Does {@code task}, as {@link #call} does. */
  public <E extends Exception> void run(Task<E> task) throws E {
    this.<Object, E>call(
        () -> {
          task.run();
          return this;
        });
  }

  private static void restore(@Nullable ExclusiveUse before) {
    if (before == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
  }

  /** Throws if this is closed. */
  public synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
  }

  private synchronized void enter() {
    requireOpen();
    Thread caller = Thread.currentThread();
    if (owner == caller) {
      throw new IllegalStateException(
          "%s is at work on this thread, \"%s\": a listener that hears of the work may close it, and calls everything else when the work is done"
              .formatted(name, caller.getName()));
    }
    if (owner != null) {
      throw new IllegalStateException(
          "%s is in use by the thread \"%s\", and \"%s\" calls it: let one thread use it, or one after the other, or give each thread its own"
              .formatted(name, owner.getName(), caller.getName()));
    }
    begin(caller);
  }

  private void begin(Thread caller) {
    owner = caller;
    ExitHook.add(this);
  }

  private void leave() {
    Runnable free;
    synchronized (this) {
      free = freeWhenDone;
      if (free == null) {
        end();
      }
    }
    if (free != null) {
      free(free);
    }
  }

  private synchronized void end() {
    owner = null;
    ExitHook.remove(this);
    notifyAll();
  }

  private void free(Runnable free) {
    try {
      if (!ExitHook.isExiting()) { // Else the process gives everything back in a moment.
        free.run();
      }
    } finally {
      synchronized (this) {
        freed = true;
        end();
      }
    }
  }

  /**
   * Closes: stops the work that is running, waits for its end, and frees. Called by that work
   * itself, it does not wait: the work stops at its next safe point, and what it leaves is freed
   * then. Does nothing the second time.
   *
   * @param free gives the memory back
   */
  public void close(Runnable free) {
    Thread caller = Thread.currentThread();
    synchronized (this) {
      boolean first = !closed;
      closed = true;
      if (owner == caller) {
        if (first) {
          freeWhenDone = free;
          stop("it was closed from within");
        }
        return;
      }
      if (owner != null && first) {
        stop("the thread \"%s\" closed it".formatted(caller.getName()));
      }
      awaitIdle(!first);
      if (!first || !isIdle()) {
        return;
      }
      begin(caller);
    }
    free(free);
  }

  private boolean isIdle() {
    return owner == null && helpers == 0;
  }

  /** Waits for the end of the work, or until the work waits for the end of the JVM. */
  private synchronized void awaitIdle(boolean untilFreed) {
    boolean interrupted = false;
    while (!(isIdle() && (freed || !untilFreed)) && !isWaitingForExit()) {
      try {
        wait(POLL_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true; // Memory that is in use cannot be freed.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the work called {@link System#exit}, which never returns to it. */
  private boolean isWaitingForExit() {
    return owner != null && helpers == 0 && running.isEmpty() && ExitHook.isAwaitedBy(owner);
  }

  private synchronized void stop(String reason) {
    if (stopReason == null) {
      stopReason = reason;
    }
    running.forEach(Runnable::run);
  }

  @Override
  public void stopForExit() {
    stop("the JVM is shutting down");
  }

  @Override
  public synchronized void awaitExit(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (!isIdle() && !isWaitingForExit() && System.nanoTime() < end) {
      wait(POLL_MILLIS);
    }
  }

  private synchronized void checkStopped() {
    if (stopReason != null) {
      throw stopped(stopReason, null);
    }
    if (owner != null && owner.isInterrupted()) {
      throw stopped("the thread \"%s\" was interrupted".formatted(owner.getName()), null);
    }
  }

  private synchronized void started(Runnable terminate) {
    checkStopped();
    running.add(terminate);
  }

  private synchronized void ended(Runnable terminate) {
    running.remove(terminate);
  }

  /**
   * A safe point: runs or loads {@code graph}, unless the work that this thread belongs to is to
   * stop.
   *
   * @param terminate makes {@code graph} fail soon; called on another thread while it runs
   * @throws StoppedException if the work is stopped before or meanwhile, or its thread is
   *     interrupted before; it stays so
   */
  public static <T> T runGraph(Runnable terminate, Supplier<T> graph) {
    ExclusiveUse use = CURRENT.get();
    if (use == null) {
      return graph.get();
    }
    use.started(terminate);
    try {
      return graph.get();
    } catch (RuntimeException e) {
      throw use.failed(e);
    } finally {
      use.ended(terminate);
    }
  }

  private StoppedException stopped(String reason, @Nullable RuntimeException failure) {
    return new StoppedException("%s stopped its work: %s".formatted(name, reason), failure);
  }

  private synchronized RuntimeException failed(RuntimeException failure) {
    return stopReason == null ? failure : stopped(stopReason, failure);
  }

  /** Returns {@code task}, which belongs to the work of the calling thread wherever it is run. */
  public static Runnable inherit(Runnable task) {
    ExclusiveUse use = CURRENT.get();
    return use == null ? task : () -> use.help(task);
  }

  private void help(Runnable task) {
    synchronized (this) {
      helpers++;
    }
    CURRENT.set(this);
    try {
      task.run();
    } finally {
      CURRENT.remove();
      synchronized (this) {
        helpers--;
        notifyAll();
      }
    }
  }
}
