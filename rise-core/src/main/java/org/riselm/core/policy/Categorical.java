package org.riselm.core.policy;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Draws from a categorical distribution given by its logits. */
final class Categorical {
  private Categorical() {}

  /** Returns the probabilities at temperature 1. */
  static double[] softmax(double[] logits) {
    return softmax(logits, 1);
  }

  private static double[] softmax(double[] logits, double temperature) {
    double max = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      max = Math.max(max, logit);
    }
    double[] p = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp((logits[i] - max) / temperature);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  /**
   * Returns the index that {@code sampling} draws with {@code seed}; ties go to the lower index.
   */
  static int draw(double[] logits, SamplingOptions sampling, long seed) {
    Comparator<Integer> likelyFirst = Comparator.comparingDouble(i -> -logits[i]);
    List<Integer> order = IntStream.range(0, logits.length).boxed().sorted(likelyFirst).toList();
    if (sampling.temperature() == 0) {
      return order.get(0);
    }
    double[] p = softmax(logits, sampling.temperature());
    int limit = sampling.topK() == 0 ? p.length : Math.min(sampling.topK(), p.length);
    double limitMass = order.subList(0, limit).stream().mapToDouble(i -> p[i]).sum();
    int kept = 0;
    double mass = 0;
    while (kept < limit && (kept == 0 || mass < sampling.topP() * limitMass)) {
      mass += p[order.get(kept++)];
    }
    double u = new SplittableRandom(seed).nextDouble() * mass;
    for (int rank = 0; rank < kept - 1; rank++) {
      u -= p[order.get(rank)];
      if (u < 0) {
        return order.get(rank);
      }
    }
    return order.get(kept - 1);
  }
}
