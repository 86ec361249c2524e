package org.riselm.onnx.internal.runtime;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the bytes that cross between the host's memory and devices' in this process: copies, and
 * what runs take from and put into host tensors.
 */
public final class TransferCounter {
  private static final LongAdder TO_DEVICES = new LongAdder();
  private static final LongAdder FROM_DEVICES = new LongAdder();

  private TransferCounter() {}

  /** Bytes that went to devices so far. */
  public static long toDevices() {
    return TO_DEVICES.sum();
  }

  /** Bytes that came from devices so far. */
  public static long fromDevices() {
    return FROM_DEVICES.sum();
  }

  public static void in(long bytes) {
    TO_DEVICES.add(bytes);
  }

  public static void out(long bytes) {
    FROM_DEVICES.add(bytes);
  }
}
