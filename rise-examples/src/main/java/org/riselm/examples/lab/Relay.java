package org.riselm.examples.lab;

import org.riselm.examples.lab.relay.RelayExercise;

/** {@link Showcase} on sums too long for one answer: a second look has to carry on. */
public final class Relay {
  private Relay() {}

  /** Runs with the options in {@code args}; without a known option, says which there are. */
  public static void main(String[] args) {
    Showcase.main(Relay.class, new RelayExercise(), args);
  }
}
