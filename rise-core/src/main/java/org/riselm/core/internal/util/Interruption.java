package org.riselm.core.internal.util;

import org.jspecify.annotations.Nullable;

/** How a run is stopped: the thread at work is interrupted, and asks here at every step. */
public final class Interruption {
  private Interruption() {}

  /**
   * Does nothing unless the thread is interrupted.
   *
   * @throws StoppedException if it is; it stays so
   */
  public static void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw stopped(null);
    }
  }

  /** Returns the exception of a run that was stopped. */
  public static StoppedException stopped(@Nullable Throwable cause) {
    return new StoppedException(
        "the run was stopped; with a run directory, the same program goes on from there", cause);
  }
}
