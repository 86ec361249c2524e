package org.riselm.core.architecture.planted;

import org.riselm.core.RiseTrainer;

/** Stands on the bottom floor and uses the top one: what the rules must find. */
public final class Upstairs {
  private Upstairs() {}

  /** Returns what only the top floor knows. */
  public static int iterations(RiseTrainer trainer) {
    return trainer.iterations();
  }
}
