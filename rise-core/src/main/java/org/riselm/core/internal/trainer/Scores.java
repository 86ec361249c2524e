package org.riselm.core.internal.trainer;

import java.util.Map;
import java.util.TreeMap;

/** The score of each iteration that was scored; 0 is the base. */
public final class Scores {
  private final TreeMap<Integer, Double> byIteration = new TreeMap<>();

  void put(int iteration, double score) {
    byIteration.put(iteration, score);
  }

  /** Returns whether no iteration was scored. */
  public boolean isEmpty() {
    return byIteration.isEmpty();
  }

  /** Returns whether {@code iteration} was scored. */
  public boolean contains(int iteration) {
    return byIteration.containsKey(iteration);
  }

  /**
   * Returns the iteration with the best score, the earliest among equals; at least one is there.
   */
  public int best() {
    int best = byIteration.firstKey();
    for (Map.Entry<Integer, Double> e : byIteration.entrySet()) {
      best = e.getValue() > byIteration.getOrDefault(best, 0.0) ? e.getKey() : best;
    }
    return best;
  }

  /** Returns how many iterations the last is after the best; 0 if there are none. */
  public int sinceBest() {
    return byIteration.isEmpty() ? 0 : byIteration.lastKey() - best();
  }
}
