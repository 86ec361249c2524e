package org.riselm.examples.lab.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.riselm.onnx.internal.runtime.NativeTime;

/**
 * What work on tokens took, after a warm-up.
 *
 * @param tokensPerSecond the median of the calls
 * @param cpuMicrosPerToken processor time, all threads together
 * @param shareOutsideNativeCalls of the time; less than 0 where several threads run graphs at once
 * @param allocatedBytesPerToken by this thread, on Java's heap
 */
record Measured(
    double tokensPerSecond,
    double cpuMicrosPerToken,
    double shareOutsideNativeCalls,
    double allocatedBytesPerToken) {
  private static final int LEAST_CALLS = 3;

  /**
   * Repeats {@code work}, which gives how many tokens it made, for so many seconds to warm up and
   * for as many to measure; three times at least.
   */
  static Measured of(double seconds, LongSupplier work) {
    repeat(seconds, 1, work, new ArrayList<>());
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<Double> rates = new ArrayList<>();
    double cpu = ProcessUse.cpuSeconds();
    long allocated = memory.getCurrentThreadAllocatedBytes();
    long nativeNanos = NativeTime.nanos();
    long start = System.nanoTime();
    long tokens = repeat(seconds, LEAST_CALLS, work, rates);
    double took = since(start);
    return new Measured(
        Comparison.median(rates),
        (ProcessUse.cpuSeconds() - cpu) / tokens * 1e6,
        1 - (NativeTime.nanos() - nativeNanos) / 1e9 / took,
        (double) (memory.getCurrentThreadAllocatedBytes() - allocated) / tokens);
  }

  private static long repeat(double seconds, int least, LongSupplier work, List<Double> rates) {
    long tokens = 0;
    long start = System.nanoTime();
    while (rates.size() < least || since(start) < seconds) {
      long before = System.nanoTime();
      long made = work.getAsLong();
      rates.add(made / since(before));
      tokens += made;
    }
    return tokens;
  }

  void into(ObjectNode out, String suffix) {
    out.put("tokensPerSecond" + suffix, tokensPerSecond);
    out.put("cpuMicrosPerToken" + suffix, cpuMicrosPerToken);
    out.put("shareOutsideNativeCalls" + suffix, shareOutsideNativeCalls);
    out.put("allocatedBytesPerToken" + suffix, allocatedBytesPerToken);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
