package org.riselm.spark.internal;

import org.apache.spark.SparkConf;

/** Whether executors have room for a policy outside their heap. */
final class ExecutorMemory {
  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final String FACTOR = "spark.executor.memoryOverheadFactor";
  private static final long LEAST_OVERHEAD_MIB = 384;
  private static final long MIB = 1L << 20;

  private ExecutorMemory() {}

  /**
   * Fails if the cluster would end executors for {@code bytes} outside the heap. Only YARN and
   * Kubernetes do; elsewhere the setting counts if it is set.
   */
  static void require(SparkConf conf, long bytes) {
    String master = conf.get("spark.master", "");
    boolean limited = master.startsWith("yarn") || master.startsWith("k8s");
    if (!limited && !conf.contains(OVERHEAD)) {
      return;
    }
    long heap = conf.getSizeAsMb("spark.executor.memory", "1g");
    long usual = Math.max(LEAST_OVERHEAD_MIB, Math.round(heap * conf.getDouble(FACTOR, 0.1)));
    long overhead = conf.getSizeAsMb(OVERHEAD, usual + "m");
    long needed = (bytes + MIB - 1) / MIB + LEAST_OVERHEAD_MIB; // Java's own need on top.
    if (needed > overhead) {
      throw new IllegalArgumentException(
          "an executor needs %d MiB outside its heap for the policy, and has %d; set %s to %dm or more before the context is made"
              .formatted(needed, overhead, OVERHEAD, needed));
    }
  }
}
