package org.riselm.core.internal.run;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.riselm.core.run.RunException;

/**
 * What a run writes beside its work: one piece after the other, on a thread of its own. Whoever
 * {@linkplain #settle settles} has everything done that was added before, and sees it.
 */
final class BackgroundWriter implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          new ThreadFactoryBuilder().setNameFormat("rise-run-directory").setDaemon(true).build());
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /**
   * Adds {@code work}, to be done soon.
   *
   * @throws RunException if work that was added before failed; each failure is thrown once
   */
  void add(Runnable work) {
    throwFailure();
    thread.execute(
        () -> {
          try {
            work.run();
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          }
        });
  }

  /**
   * Waits for all that was added, even when interrupted: what is half written helps nobody.
   *
   * @throws RunException if some of it failed
   */
  void settle() {
    Futures.getUnchecked(thread.submit(() -> {}));
    throwFailure();
  }

  private void throwFailure() {
    Throwable failed = failure.getAndSet(null);
    if (failed != null) {
      Throwables.throwIfUnchecked(failed);
      throw new IllegalStateException(failed);
    }
  }

  /** Settles, and ends the thread. */
  @Override
  public void close() {
    try {
      settle();
    } finally {
      thread.shutdown();
    }
  }
}
