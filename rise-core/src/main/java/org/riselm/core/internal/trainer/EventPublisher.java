package org.riselm.core.internal.trainer;

import com.google.common.base.Ticker;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseListener.PhaseFinished;
import org.riselm.core.RiseListener.PhaseProgressed;
import org.riselm.core.RiseListener.PhaseStarted;

/** Runs phases by the clock and tells the listeners, whose exceptions it logs. */
public final class EventPublisher {
  private static final System.Logger LOG = System.getLogger("org.riselm.core");

  private final List<RiseListener> listeners;
  private final Ticker ticker;
  private final Map<Phase, Double> seconds = new EnumMap<>(Phase.class);

  public EventPublisher(List<RiseListener> listeners, Ticker ticker) {
    this.listeners = List.copyOf(listeners);
    this.ticker = ticker;
  }

  /** Takes word of how far a phase is. */
  interface Progress {
    void at(long done, long total, long tokens, double meanReward, double loss);
  }

  /** The result of {@code work}, which is {@code phase} of {@code iteration}. */
  <T> T run(Phase phase, int iteration, Function<Progress, T> work) {
    long start = ticker.read();
    publish(l -> l.phaseStarted(new PhaseStarted(phase, iteration)));
    T result =
        work.apply(
            (done, total, tokens, meanReward, loss) -> {
              PhaseProgressed event =
                  new PhaseProgressed(
                      phase, iteration, done, total, tokens, meanReward, loss, since(start));
              publish(l -> l.phaseProgressed(event));
            });
    double took = since(start);
    seconds.put(phase, took);
    publish(l -> l.phaseFinished(new PhaseFinished(phase, iteration, took)));
    return result;
  }

  private double since(long start) {
    return (ticker.read() - start) / 1e9;
  }

  /** The seconds that {@code phase} took last, since they were taken; 0 if it did not run. */
  public double seconds(Phase phase) {
    return seconds.getOrDefault(phase, 0.0);
  }

  /** {@code phase} took {@code seconds} in an earlier process. */
  public void recordDuration(Phase phase, double seconds) {
    this.seconds.put(phase, seconds);
  }

  /** The seconds of each phase since the last call. */
  public Map<Phase, Double> drainDurations() {
    Map<Phase, Double> taken = Map.copyOf(seconds);
    seconds.clear();
    return taken;
  }

  public void publish(Consumer<RiseListener> event) {
    for (RiseListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "The listener " + listener.getClass().getName() + " threw; it is ignored",
            e);
      }
    }
  }
}
