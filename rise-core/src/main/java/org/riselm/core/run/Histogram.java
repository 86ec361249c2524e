package org.riselm.core.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts of values: by the value where there are few, else in bins of equal width. */
final class Histogram {
  private static final int BINS = 20;

  private Histogram() {}

  /** For each bin: where it begins, where it ends, and how many of {@code values} are in it. */
  static List<double[]> of(List<Double> values) {
    Map<Double, Integer> distinct = new TreeMap<>();
    values.forEach(v -> distinct.merge(v, 1, Integer::sum));
    List<double[]> bins = new ArrayList<>();
    if (distinct.size() <= BINS) {
      distinct.forEach((value, count) -> bins.add(new double[] {value, value, count}));
      return bins;
    }
    double low = Collections.min(values);
    double width = (Collections.max(values) - low) / BINS;
    for (int b = 0; b < BINS; b++) {
      bins.add(new double[] {low + b * width, low + (b + 1) * width, 0});
    }
    for (double value : values) {
      bins.get(Math.min(BINS - 1, (int) ((value - low) / width)))[2]++;
    }
    return bins;
  }
}
