package org.riselm.core.internal.util;

/**
 * Decides what becomes of what user code throws: a reward, a verifier, feedback, a reference
 * solution, a teacher's client.
 *
 * <ul>
 *   <li>Exceptions, checked ones too, and errors such as {@link AssertionError} and {@link
 *       LinkageError} are failures of that call, which are recorded where they belong.
 *   <li>A {@link VirtualMachineError} is not: the JVM has no memory, or the stack that overflowed
 *       may be this library's. A {@code ThreadDeath} is not either.
 *   <li>Work that was stopped, or whose thread is interrupted, has not failed.
 * </ul>
 */
public final class UserFailure {
  private UserFailure() {}

  /**
   * Returns what to record of {@code thrown}.
   *
   * @throws Error if it is {@code thrown}, and not to be recorded
   * @throws StoppedException if the work was stopped, or the thread is interrupted; it stays so
   */
  public static String describe(Throwable thrown) {
    check(thrown);
    try {
      return thrown.toString();
    } catch (RuntimeException e) { // A message can be user code, too.
      return thrown.getClass().getName();
    }
  }

  /** Does nothing if {@code thrown} is a failure of the call; throws as {@link #describe} does. */
  public static void check(Throwable thrown) {
    rethrowFatal(thrown);
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (thrown instanceof StoppedException stopped) {
      throw stopped;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw Interruption.stopped(thrown);
    }
  }

  /** Throws {@code thrown} if it is an error that nobody may ignore. */
  public static void rethrowFatal(Throwable thrown) {
    if (thrown instanceof Error error
        && (error instanceof VirtualMachineError
            // By name: the class is to be removed from the JDK.
            || error.getClass().getName().equals("java.lang.ThreadDeath"))) {
      throw error;
    }
  }
}
