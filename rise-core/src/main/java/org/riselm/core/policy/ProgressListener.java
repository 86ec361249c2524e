package org.riselm.core.policy;

/** Hears how far a piece of work is. Called on the working thread; must be quick. */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener NONE = event -> {};

  /**
   * Hears of more work done. May be called thousands of times a second.
   *
   * @param event what happened
   */
  void progressed(ProgressEvent event);
}
