package org.riselm.core.run;

/** A run directory cannot be used as asked; the message names the file and says what to do. */
public final class RunException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Says what cannot be done.
   *
   * @param message names the file, and says what to do
   */
  public RunException(String message) {
    super(message);
  }

  /**
   * Says what cannot be done, and what it came from.
   *
   * @param message names the file, and says what to do
   * @param cause what it came from
   */
  public RunException(String message, Throwable cause) {
    super(message, cause);
  }
}
