package org.riselm.core.teacher;

import org.jspecify.annotations.Nullable;

/** Counts failed states in a row, and remembers that an endpoint is down. */
final class CircuitBreaker {
  private static final System.Logger LOG = System.getLogger(CircuitBreaker.class.getName());

  private final String name;
  private final int downAfter;
  private int inRow;
  private @Nullable String message;

  CircuitBreaker(String name, int downAfter) {
    this.name = name;
    this.downAfter = downAfter;
  }

  /** Gives the endpoint another chance: one more failed state, and it is down again. */
  synchronized void newBatch() {
    if (message != null) {
      message = null;
      inRow = downAfter - 1;
    }
  }

  synchronized void answered() {
    inRow = 0;
  }

  synchronized void failed(String why) {
    if (++inRow >= downAfter && message == null) {
      message = "%s is down: %d states in a row failed; the last: %s".formatted(name, inRow, why);
      LOG.log(System.Logger.Level.ERROR, message);
    }
  }

  /** Why nothing more is asked; null while the endpoint answers. */
  synchronized @Nullable String message() {
    return message;
  }
}
