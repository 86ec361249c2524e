package org.riselm.core.teacher;

import org.jspecify.annotations.Nullable;

/**
 * Counts states that failed in a row, and remembers that an endpoint is down. Failsafe's breaker
 * lets only one call through to see whether an endpoint is up again, and fails the others
 * meanwhile; here a new batch is let through until its first failure.
 */
final class CircuitBreaker {
  private static final System.Logger LOG = System.getLogger(CircuitBreaker.class.getName());

  private final String name;
  private final int failureThreshold;
  private int failures;
  private int refusals;
  private @Nullable String lastRefusal;
  private @Nullable String message;

  CircuitBreaker(String name, int failureThreshold) {
    this.name = name;
    this.failureThreshold = failureThreshold;
  }

  /** Gives the endpoint another chance: one more failed state, and it is down again. */
  synchronized void newBatch() {
    if (message != null) {
      message = null;
      failures = failureThreshold - 1;
      refusals = failureThreshold - 1;
    }
  }

  /** Records that the endpoint responded. */
  synchronized void succeeded() {
    failures = 0;
    refusals = 0;
    lastRefusal = null;
  }

  /** Records that a state got no response after all its tries. */
  synchronized void failed(String why) {
    if (++failures >= failureThreshold) {
      open(failures + " states in a row failed; the last: " + why);
    }
  }

  /**
   * Records that the endpoint refused a request. One refusal is about one state, such as a prompt
   * that is too long; the same refusal in a row is about what every request has.
   */
  synchronized void refused(String why) {
    refusals = lastRefusal == null || why.equals(lastRefusal) ? refusals + 1 : 1;
    lastRefusal = why;
    if (refusals >= failureThreshold) {
      open(refusals + " states in a row were refused in the same words: " + why);
    }
  }

  private void open(String why) {
    if (message == null) {
      message = "%s is down: %s".formatted(name, why);
      LOG.log(System.Logger.Level.ERROR, message);
    }
  }

  /** Returns why nothing more is asked; null while the endpoint responds. */
  synchronized @Nullable String message() {
    return message;
  }
}
