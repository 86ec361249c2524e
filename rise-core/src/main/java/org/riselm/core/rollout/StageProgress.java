package org.riselm.core.rollout;

/** Hears how far a stage that samples is. Called on the working thread; must be quick. */
@FunctionalInterface
public interface StageProgress {
  /** Hears nothing. */
  StageProgress NONE = (done, total, tokens, meanReward) -> {};

  /**
   * The stage is this far. All numbers are sums from its start.
   *
   * @param done answers that were sampled
   * @param total answers that will have been sampled at most; falls when problems are solved early
   * @param tokens that were sampled
   * @param meanReward of the answers that were scored; NaN before the first
   */
  void at(long done, long total, long tokens, double meanReward);
}
