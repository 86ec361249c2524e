package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which sequences go through the model together, so that little of what goes through is padding.
 */
final class LengthBuckets {
  /**
   * What one more run of the model costs beside its tokens, in tokens: reading the weights once
   * more, one more sum of gradients, the start of every operator.
   */
  static final long RUN = 256;

  private LengthBuckets() {}

  /**
   * Sequences in groups of like lengths, long ones first. Of all ways to cut the sorted lengths,
   * the one that puts the fewest tokens through the model: rows times the longest, and {@link #RUN}
   * for every group.
   *
   * @param lengths of the sequences
   * @param limit the most tokens, padding counted, of a group of more than one
   * @return for each group, the sequences' places in {@code lengths}
   */
  static List<List<Integer>> of(int[] lengths, int limit) {
    Integer[] order = new Integer[lengths.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingInt(i -> lengths[i]));
    // The least cost of the first i sequences, and where their last group begins.
    long[] least = new long[order.length + 1];
    int[] begin = new int[order.length + 1];
    for (int end = 1; end <= order.length; end++) {
      long longest = lengths[order[end - 1]];
      least[end] = Long.MAX_VALUE;
      for (int from = end - 1; from >= 0; from--) {
        long tokens = (end - from) * longest;
        if (from < end - 1 && tokens > limit) {
          break;
        }
        long cost = least[from] + tokens + RUN;
        if (cost < least[end]) {
          least[end] = cost;
          begin[end] = from;
        }
      }
    }
    List<List<Integer>> groups = new ArrayList<>();
    for (int end = order.length; end > 0; end = begin[end]) {
      groups.add(List.of(order).subList(begin[end], end));
    }
    return groups;
  }
}
