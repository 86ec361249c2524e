package org.riselm.core.teacher;

import java.time.Duration;

/** Lets requests through at a bounded rate, and none while the endpoint asked for a pause. */
final class RateLimiter {
  private final long gapNanos;
  private long next = System.nanoTime();

  /** A gate; {@code requestsPerMinute} 0 is no limit. */
  RateLimiter(int requestsPerMinute) {
    this.gapNanos =
        requestsPerMinute == 0 ? 0 : Duration.ofMinutes(1).toNanos() / requestsPerMinute;
  }

  /** Waits for the caller's turn. */
  void pass() throws InterruptedException {
    long wait;
    synchronized (this) {
      long now = System.nanoTime();
      long turn = Math.max(now, next);
      next = turn + gapNanos;
      wait = turn - now;
    }
    if (wait > 0) {
      Thread.sleep(Duration.ofNanos(wait).toMillis(), (int) (wait % 1_000_000));
    }
  }

  /** Holds everybody for {@code pause} from now. */
  synchronized void hold(Duration pause) {
    next = Math.max(next, System.nanoTime() + pause.toNanos());
  }
}
