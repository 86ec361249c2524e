package org.riselm.examples.lab.bench;

import java.io.IOException;
import java.util.List;
import org.riselm.core.mdp.Problem;

/** A chat model whose work is measured. */
interface ModelWork extends AutoCloseable {
  /** What it is called in the output. */
  String name();

  /** Responds greedily to the problems, in one call. */
  Sampled sample(List<Problem> problems, int response) throws IOException;

  /** Learns the problems' solutions in one batch by fresh steps of adapters. */
  Trained train(List<Problem> problems, int steps) throws IOException;

  @Override
  void close();

  /**
   * What a call took.
   *
   * @param tokens that were sampled
   * @param seconds that passed
   * @param cpuSeconds of the processor, all threads together
   */
  record Sampled(long tokens, double seconds, double cpuSeconds) {}

  /**
   * What steps took.
   *
   * @param tokens of a step
   * @param seconds of each step; the first has what comes before it
   * @param cpuSeconds of each
   */
  record Trained(long tokens, List<Double> seconds, List<Double> cpuSeconds) {}
}
