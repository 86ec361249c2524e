package org.riselm.onnx.internal.generate;

import java.util.concurrent.CancellationException;

/** Hears how far a batch is, and may stop it. */
interface BatchMonitor {
  /**
   * A step is about to begin.
   *
   * @param unfinished responses, those that wait included
   * @throws CancellationException if there is to be no further step
   */
  void step(int unfinished);

  /** As {@link SamplingProgress#advanced}. */
  void advanced(int completions, long tokens);

  /** Of a batch on the thread that hears of it and that may be interrupted. */
  static BatchMonitor here(SamplingProgress progress) {
    return new BatchMonitor() {
      @Override
      public void step(int unfinished) {
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted(unfinished);
        }
      }

      @Override
      public void advanced(int completions, long tokens) {
        progress.advanced(completions, tokens);
      }
    };
  }

  /** What is thrown then. */
  static CancellationException interrupted(int unfinished) {
    return new CancellationException(
        "sampling was interrupted with %d responses unfinished".formatted(unfinished));
  }
}
