package org.riselm.onnx.internal.jinja;

import java.util.List;
import java.util.stream.LongStream;

/** Python's range: numbers from {@code start} by {@code step}, {@code stop} left out. */
record Range(long start, long stop, long step, int size) {
  // The bound of Jinja's sandbox.
  private static final int MAX_SIZE = 100_000;

  static Range of(long start, long stop, long step) {
    if (step == 0) {
      throw Failure.evaluation("range() has a step of zero");
    }
    double size = Math.max(0, Math.ceil(((double) stop - start) / step));
    if (size > MAX_SIZE) {
      throw Failure.evaluation("a range of %.0f numbers; at most %d", size, MAX_SIZE);
    }
    return new Range(start, stop, step, (int) size);
  }

  List<Object> items() {
    return LongStream.range(0, size).<Object>mapToObj(i -> start + i * step).toList();
  }
}
