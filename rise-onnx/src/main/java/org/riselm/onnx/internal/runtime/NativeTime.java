package org.riselm.onnx.internal.runtime;

import java.util.concurrent.atomic.LongAdder;

/** How long graphs have been running, so that a benchmark can tell what the JVM adds. */
public final class NativeTime {
  private static final LongAdder NANOS = new LongAdder();

  private NativeTime() {}

  /** Nanoseconds spent in {@link Binding#run} in this process, all threads together. */
  public static long nanos() {
    return NANOS.sum();
  }

  static void spent(long nanos) {
    NANOS.add(nanos);
  }
}
