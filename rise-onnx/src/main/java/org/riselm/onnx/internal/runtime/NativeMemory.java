package org.riselm.onnx.internal.runtime;

import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.Pointer;

/**
 * Counts native objects and bytes that are open, so that tests can show that nothing leaks, and
 * gives back what was closed.
 */
public final class NativeMemory {
  private static final AtomicLong OBJECTS = new AtomicLong();
  private static final AtomicLong BYTES = new AtomicLong();

  private NativeMemory() {}

  /** Tensors, sessions and bindings that are open in this process. */
  public static long openObjects() {
    return OBJECTS.get();
  }

  /** Bytes held by open tensors that own their memory. */
  public static long openBytes() {
    return BYTES.get();
  }

  /**
   * Gives the operating system the memory of what has been closed. The C library of Linux would
   * keep it, for each thread that had taken some. Takes a few milliseconds; does nothing elsewhere.
   */
  public static void giveBack() {
    Pointer.trimMemory();
  }

  static void opened(long bytes) {
    OBJECTS.incrementAndGet();
    BYTES.addAndGet(bytes);
  }

  static void closed(long bytes) {
    OBJECTS.decrementAndGet();
    BYTES.addAndGet(-bytes);
  }
}
