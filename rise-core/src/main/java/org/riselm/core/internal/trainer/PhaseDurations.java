package org.riselm.core.internal.trainer;

import java.util.EnumMap;
import java.util.Map;
import org.riselm.core.Phase;

/** How long the phases of an iteration took, in this process or in an earlier one. */
public final class PhaseDurations {
  private final Map<Phase, Double> seconds = new EnumMap<>(Phase.class);

  /** Notes that {@code phase} took {@code seconds}. */
  public void record(Phase phase, double seconds) {
    this.seconds.put(phase, seconds);
  }

  /** Returns the seconds of {@code phase} since the last {@link #drain}; 0 if it did not run. */
  double seconds(Phase phase) {
    return seconds.getOrDefault(phase, 0.0);
  }

  /** Returns the seconds of each phase since the last call, and forgets them. */
  public Map<Phase, Double> drain() {
    Map<Phase, Double> drained = Map.copyOf(seconds);
    seconds.clear();
    return drained;
  }
}
