package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What two programs measured, round by round.
 *
 * @param first one number per round
 * @param second as many
 */
record Comparison(List<Double> first, List<Double> second) {
  /** The last round alone. */
  Comparison last() {
    return new Comparison(
        first.subList(first.size() - 1, first.size()),
        second.subList(second.size() - 1, second.size()));
  }

  /** first ÷ second of every round. */
  List<Double> ratios() {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      ratios.add(first.get(i) / second.get(i));
    }
    return ratios;
  }

  /** The medians and the spread of the ratio, in a line. */
  String describe() {
    List<Double> ratios = ratios();
    return String.format(
        Locale.ROOT,
        "%.6g / %.6g: ratio %.3f (%.3f to %.3f)",
        median(first),
        median(second),
        median(ratios),
        Collections.min(ratios),
        Collections.max(ratios));
  }

  void into(ObjectNode out) {
    List<Double> ratios = ratios();
    out.put("first", median(first)).put("second", median(second)).put("ratio", median(ratios));
    out.put("leastRatio", Collections.min(ratios)).put("largestRatio", Collections.max(ratios));
  }

  /** The middle number; of an even count the mean of the two in the middle. */
  static double median(List<Double> numbers) {
    List<Double> sorted = numbers.stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
