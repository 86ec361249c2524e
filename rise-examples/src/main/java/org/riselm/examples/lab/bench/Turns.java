package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Rates of several ways to make tokens that took turns.
 *
 * @param rates tokens per second, one per round, by way
 */
record Turns(Map<String, List<Double>> rates) {
  private static final int LEAST_ROUNDS = 3;

  /**
   * Rounds of every way for so many seconds, three at least, after one to warm up.
   *
   * @param ways which give how many tokens they made that count
   */
  static Turns of(double seconds, Map<String, LongSupplier> ways) {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    long start = System.nanoTime();
    for (int round = 0;
        round <= LEAST_ROUNDS || System.nanoTime() - start < seconds * 1e9;
        round++) {
      for (Map.Entry<String, LongSupplier> way : ways.entrySet()) {
        long before = System.nanoTime();
        long tokens = way.getValue().getAsLong();
        double rate = tokens * 1e9 / (System.nanoTime() - before);
        if (round > 0) {
          rates.computeIfAbsent(way.getKey(), w -> new ArrayList<>()).add(rate);
        }
      }
    }
    return new Turns(rates);
  }

  /** Puts the medians, and how the first way's rates compare with the others'. */
  void into(ObjectNode out, String suffix) {
    List<Double> first = rates.values().iterator().next();
    rates.forEach(
        (way, all) -> {
          out.put(way + "TokensPerSecond" + suffix, Comparison.median(all));
          if (all != first) {
            new Comparison(first, all).into(out.putObject("over_" + way + suffix));
          }
        });
  }
}
