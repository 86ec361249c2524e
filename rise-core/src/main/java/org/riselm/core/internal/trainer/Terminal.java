package org.riselm.core.internal.trainer;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The terminal that the program prints to, if there is one. */
public final class Terminal {
  /** What a terminal has that does not tell. */
  private static final int USUAL = 80;

  private Terminal() {}

  /** How many columns it has; 0 if the program prints to a file or a pipe. */
  public static int width() {
    return there() ? columns() : 0;
  }

  // Since Java 22 there is always a console, which knows whether it is a terminal; before, there is
  // one only on a terminal.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean there() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  // Java does not know; the shell's own program does.
  private static int columns() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return USUAL;
      }
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int columns = Integer.parseInt(size.strip().replaceFirst("^\\d+ ", ""));
      return columns > 0 ? columns : USUAL;
    } catch (IOException | NumberFormatException e) {
      return USUAL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL;
    }
  }
}
