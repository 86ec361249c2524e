package org.riselm.onnx.internal.generate;

/** Hears what a generator does, in differences. Called on the sampling thread; must be quick. */
@FunctionalInterface
public interface SamplingProgress {
  /** Hears nothing. */
  SamplingProgress NONE = (completions, tokens) -> {};

  /**
   * Hears of more work done.
   *
   * @param completions finished since the last call
   * @param tokens sampled since the last call
   */
  void advanced(int completions, long tokens);
}
