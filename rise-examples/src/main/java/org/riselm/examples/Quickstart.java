package org.riselm.examples;

import java.io.IOException;
import org.riselm.examples.lab.Showcase;
import org.riselm.examples.lab.toy.ToyExercise;

/** {@link Showcase} on word problems: a quick answer, and the working that should correct it. */
public final class Quickstart {
  private Quickstart() {}

  /** Runs with the options in {@code args}; without a known option, says which there are. */
  public static void main(String[] args) throws IOException {
    Showcase.main(Quickstart.class, new ToyExercise(), args);
  }
}
