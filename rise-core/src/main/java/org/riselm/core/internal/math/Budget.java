package org.riselm.core.internal.math;

import java.time.Duration;

/** What one comparison may cost, in steps and in time. Works on any thread: it only counts. */
public final class Budget {
  private static final int STEPS = 100_000;
  private static final int STEPS_PER_CLOCK = 256;

  private final long deadlineNanos;
  private int stepsLeft = STEPS;
  private int untilClock = STEPS_PER_CLOCK;

  public Budget(Duration deadline) {
    this.deadlineNanos = System.nanoTime() + deadline.toNanos();
  }

  /** Pays for {@code steps} of at most some microseconds each. */
  void spend(int steps) {
    stepsLeft -= steps;
    if (stepsLeft < 0) {
      throw new BeyondGraderException("too many steps");
    }
    untilClock -= steps;
    if (untilClock <= 0) {
      untilClock = STEPS_PER_CLOCK;
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new BeyondGraderException("the deadline has passed");
      }
    }
  }
}
