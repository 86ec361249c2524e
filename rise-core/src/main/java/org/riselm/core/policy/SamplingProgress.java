package org.riselm.core.policy;

/** Hears how far a batch of queries is. Called on the sampling thread; must be quick. */
@FunctionalInterface
public interface SamplingProgress {
  /** Hears nothing. */
  SamplingProgress NONE = (completions, tokens) -> {};

  /**
   * More answers are done.
   *
   * @param completions finished since the last call
   * @param tokens sampled since the last call
   */
  void advanced(int completions, long tokens);
}
