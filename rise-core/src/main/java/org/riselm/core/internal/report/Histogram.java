package org.riselm.core.internal.report;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Bins for counting values: one for each value where there are few, else of equal width.
 *
 * @param bins where each begins and where it ends, in order; empty if there are no values
 */
record Histogram(List<double[]> bins) {
  private static final int BINS = 20;

  /** The bins for {@code values}. */
  static Histogram over(Iterable<Double> values) {
    TreeSet<Double> distinct = new TreeSet<>();
    values.forEach(distinct::add);
    List<double[]> bins = new ArrayList<>();
    if (distinct.size() <= BINS) {
      distinct.forEach(value -> bins.add(new double[] {value, value}));
      return new Histogram(bins);
    }
    double low = distinct.first();
    double width = (distinct.last() - low) / BINS;
    for (int b = 0; b < BINS; b++) {
      bins.add(new double[] {low + b * width, low + (b + 1) * width});
    }
    return new Histogram(bins);
  }

  /** How many of {@code values}, which these bins are for, are in each. */
  int[] counts(List<Double> values) {
    int[] counts = new int[bins.size()];
    for (double value : values) {
      int bin = 0;
      while (bin + 1 < counts.length && bins.get(bin + 1)[0] <= value) {
        bin++;
      }
      counts[bin]++;
    }
    return counts;
  }
}
