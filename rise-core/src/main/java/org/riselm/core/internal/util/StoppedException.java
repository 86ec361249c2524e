package org.riselm.core.internal.util;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Work was stopped on purpose. Unlike a cancellation in user code, it is never a failed call. */
public final class StoppedException extends CancellationException {
  private static final long serialVersionUID = 1L;

  /** Says what was stopped and why. */
  public StoppedException(String message, @Nullable Throwable cause) {
    super(message);
    if (cause != null) {
      initCause(cause);
    }
  }
}
