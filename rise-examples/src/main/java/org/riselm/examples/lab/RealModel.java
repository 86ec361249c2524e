package org.riselm.examples.lab;

import java.util.Set;
import org.riselm.examples.Arguments;
import org.riselm.examples.lab.real.RealRuns;

/**
 * RISE on a real chat model: the paper's whole recipe on word problems, on a CPU. See {@code
 * docs/real-model.md}.
 */
public final class RealModel {
  private RealModel() {}

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Arguments.run(RealRuns.USAGE, args, RealRuns.OPTIONS, Set.of("truthful"), RealRuns::start);
  }
}
