package org.riselm.onnx.internal.util;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Threads that share numbered pieces of work in Java, the calling one among them. Who does which
 * piece is a matter of time. Starts its threads when they are first needed. Not thread-safe.
 */
public final class Workers implements AutoCloseable {
  private final int count;
  private final ExecutorService others;

  /**
   * Starts nothing yet.
   *
   * @param name of the threads, before a number
   * @param count of threads that work at a time, the calling one included; at least 1
   */
  public Workers(String name, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("there are " + count + " workers; 1 or more");
    }
    this.count = count;
    this.others =
        Executors.newCachedThreadPool(
            new ThreadFactoryBuilder().setNameFormat(name + "-%d").setDaemon(true).build());
  }

  /** How many work at a time. */
  public int count() {
    return count;
  }

  /**
   * Does the pieces 0 to {@code pieces}, each once, and returns when all are done.
   *
   * @param worker gives what a thread does with a piece, by the thread's number from 0; called at
   *     most once for each, on that thread
   * @throws RuntimeException that a piece failed with, or which holds it as its cause; the pieces
   *     that no thread had begun may not be done then
   */
  public void each(int pieces, IntFunction<IntConsumer> worker) {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    for (int t = 1; t < Math.min(count, pieces); t++) {
      int number = t;
      Runnable share = () -> share(next, pieces, worker.apply(number));
      running.add(others.submit(ExclusiveUse.inherit(share)));
    }
    try {
      share(next, pieces, worker.apply(0));
    } finally {
      running.forEach(Futures::getUnchecked);
    }
  }

  private static void share(AtomicInteger next, int pieces, IntConsumer work) {
    for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
      work.accept(i);
    }
  }

  /** Ends the threads, which have nothing to do between two calls. */
  @Override
  public void close() {
    others.shutdown();
  }
}
