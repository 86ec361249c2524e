package org.riselm.core.internal.math;

/** An answer cannot be read, or a comparison costs more than it may. Never leaves the package. */
public final class BeyondGraderException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BeyondGraderException(String message) {
    // No stack trace: thrown often, and caught where the comparison began.
    super(message, null, false, false);
  }
}
