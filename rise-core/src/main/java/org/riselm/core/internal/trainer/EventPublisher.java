package org.riselm.core.internal.trainer;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseListener.PhaseFinished;
import org.riselm.core.RiseListener.PhaseProgressed;
import org.riselm.core.RiseListener.PhaseStarted;
import org.riselm.core.RiseListener.Stepped;
import org.riselm.core.internal.util.UserFailure;
import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.ProgressListener;

/** Runs phases by the clock and tells the listeners, whose exceptions it logs. */
public final class EventPublisher {
  private static final System.Logger LOG = System.getLogger("org.riselm.core.RiseTrainer");

  /** How often what a listener throws is logged: it may throw thousands of times a second. */
  private static final int LOGGED_FAILURES = 3;

  private final List<RiseListener> listeners;
  private final LongSupplier nanoTime;
  private final PhaseDurations durations;
  private final IdentityHashMap<RiseListener, Integer> failures = new IdentityHashMap<>();

  /**
   * Makes a publisher.
   *
   * @param nanoTime tells the time, such as {@link System#nanoTime}
   * @param durations gets the seconds of each phase
   */
  public EventPublisher(
      List<RiseListener> listeners, LongSupplier nanoTime, PhaseDurations durations) {
    this.listeners = List.copyOf(listeners);
    this.nanoTime = nanoTime;
    this.durations = durations;
  }

  /** Returns the result of {@code work}, which is {@code phase} of {@code iteration}. */
  <T> T run(Phase phase, int iteration, Function<ProgressListener, T> work) {
    long start = nanoTime.getAsLong();
    publish(l -> l.phaseStarted(new PhaseStarted(phase, iteration)));
    T result = work.apply(event -> progressed(phase, iteration, event, since(start)));
    double took = since(start);
    durations.record(phase, took);
    publish(l -> l.phaseFinished(new PhaseFinished(phase, iteration, took)));
    return result;
  }

  private void progressed(Phase phase, int iteration, ProgressEvent event, double elapsed) {
    TrainingStep step = event.step();
    if (step != null) {
      publish(l -> l.stepped(new Stepped(iteration, step)));
    }
    publish(l -> l.phaseProgressed(new PhaseProgressed(phase, iteration, event, elapsed)));
  }

  private double since(long start) {
    return (nanoTime.getAsLong() - start) / 1e9;
  }

  /** Tells every listener of {@code event}. */
  public void publish(Consumer<RiseListener> event) {
    for (RiseListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable e) {
        UserFailure.rethrowFatal(e);
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        log(listener, e);
      }
    }
  }

  private void log(RiseListener listener, Throwable thrown) {
    int count = failures.merge(listener, 1, Integer::sum);
    if (count <= LOGGED_FAILURES) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The listener %s threw; it is ignored%s"
              .formatted(
                  listener.getClass().getName(),
                  count < LOGGED_FAILURES ? "" : ", and what it throws from now on is not logged"),
          thrown);
    }
  }
}
