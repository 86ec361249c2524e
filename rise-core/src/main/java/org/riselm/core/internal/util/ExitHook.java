package org.riselm.core.internal.util;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stops work before the JVM ends, on SIGTERM for example, and holds the end until it has stopped.
 * One shutdown hook for all work; it is registered only while there is some.
 */
public final class ExitHook {
  /** The longest that the JVM's end is held. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final Set<Work> RUNNING = ConcurrentHashMap.newKeySet();
  private static final Thread HOOK = new Thread(ExitHook::stopAll, "rise-exit");
  private static volatile boolean exiting;

  private ExitHook() {}

  /** Work in progress. */
  public interface Work {
    /** Asks the work to stop soon, because the JVM ends. Does not wait. */
    void stopForExit();

    /**
     * Waits until the JVM may end, but not longer than {@code longest}. By default it may at once.
     */
    default void awaitExit(Duration longest) throws InterruptedException {}
  }

  /**
   * Adds work that begins. If the JVM is ending already, the work is asked to stop at once, and
   * nothing waits for it.
   */
  public static void add(Work work) {
    if (!exiting) {
      synchronized (ExitHook.class) {
        if (RUNNING.isEmpty()) {
          exiting |= !register();
        }
        RUNNING.add(work);
      }
    }
    if (exiting) {
      work.stopForExit();
    }
  }

  /** Removes work that is over. */
  public static synchronized void remove(Work work) {
    if (RUNNING.remove(work) && RUNNING.isEmpty() && !exiting) {
      try {
        Runtime.getRuntime().removeShutdownHook(HOOK);
      } catch (IllegalStateException e) {
        exiting = true;
      }
    }
  }

  private static boolean register() {
    try {
      Runtime.getRuntime().addShutdownHook(HOOK);
      return true;
    } catch (IllegalStateException e) {
      return false; // This is how the JVM says that it is ending.
    }
  }

  /** Returns whether the JVM is known to be ending. */
  public static boolean isExiting() {
    return exiting;
  }

  /** Returns whether {@code thread} called {@link System#exit}, which never returns. */
  public static boolean isAwaitedBy(Thread thread) {
    if (!exiting) {
      return false;
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().equals("java.lang.Shutdown")) {
        return true;
      }
    }
    return false;
  }

  private static void stopAll() {
    List<Work> all;
    synchronized (ExitHook.class) {
      exiting = true;
      all = List.copyOf(RUNNING);
    }
    all.forEach(Work::stopForExit);
    long end = System.nanoTime() + LONGEST.toNanos();
    try {
      for (Work work : all) {
        work.awaitExit(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Somebody wants the JVM to end now.
    }
  }
}
