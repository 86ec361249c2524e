package org.riselm.core.architecture.planted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.riselm.core.RiseTrainer;

/** Stands on the bottom floor and uses the top one: what the rules must find. */
public final class Upstairs {
  private Upstairs() {}

  /** Returns what only the top floor knows. */
  public static int iterations(RiseTrainer trainer) {
    return trainer.iterations();
  }

  /** Reads a file, whatever it is. */
  public static String read(Path file) throws IOException {
    return Files.readString(file);
  }
}
