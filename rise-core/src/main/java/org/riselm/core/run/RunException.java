package org.riselm.core.run;

/** A run directory cannot be used as asked; the message names the file and says what to do. */
public final class RunException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RunException(String message) {
    super(message);
  }

  public RunException(String message, Throwable cause) {
    super(message, cause);
  }
}
