package org.riselm.examples.listener;

import com.google.common.util.concurrent.AtomicDouble;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;

/**
 * Meters of a run for whatever a Micrometer registry feeds: Prometheus, Datadog, JMX.
 *
 * <p>Counters {@code rise.tokens} and {@code rise.iterations}; timers {@code rise.phase}; gauges of
 * the last value: {@code rise.progress} (share of the phase that is done), {@code rise.loss},
 * {@code rise.reward}, {@code rise.accuracy} by turn. What belongs to a phase has the tag {@code
 * phase}. Needs {@code io.micrometer:micrometer-core}, which is optional here.
 */
public final class MicrometerListener implements RiseListener {
  private final MeterRegistry registry;
  // Registries hold what gauges show weakly; these keep it alive.
  private final Map<String, AtomicDouble> gauges = new HashMap<>();
  private long tokensOfPhase;

  /** Meters in {@code registry}, which stays the caller's. */
  public MicrometerListener(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void phaseStarted(PhaseStarted event) {
    tokensOfPhase = 0;
  }

  @Override
  public void phaseProgressed(PhaseProgressed event) {
    Tags phase = tags(event.phase());
    // What a policy tells on the way may be more than what counts at the end.
    registry
        .counter("rise.tokens", phase)
        .increment((double) Math.max(0, event.progress().tokens() - tokensOfPhase));
    tokensOfPhase = Math.max(tokensOfPhase, event.progress().tokens());
    set(
        "rise.progress",
        phase,
        (double) event.progress().done() / Math.max(1, event.progress().total()));
    set("rise.reward", phase, event.progress().meanReward());
  }

  @Override
  public void stepped(Stepped event) {
    set("rise.loss", Tags.empty(), event.step().loss());
  }

  @Override
  public void phaseFinished(PhaseFinished event) {
    registry
        .timer("rise.phase", tags(event.phase()))
        .record(Duration.ofNanos(Math.round(event.seconds() * 1e9)));
  }

  @Override
  public void evaluationFinished(EvaluationFinished event) {
    var accuracy = event.evaluation().accuracyByTurn();
    for (int turn = 1; turn <= accuracy.size(); turn++) {
      set(
          "rise.accuracy",
          Tags.of("turn", String.valueOf(turn)),
          accuracy.get(turn - 1).estimate());
    }
  }

  @Override
  public void iterationFinished(IterationFinished event) {
    registry.counter("rise.iterations").increment();
  }

  private static Tags tags(Phase phase) {
    return Tags.of("phase", phase.name().toLowerCase(Locale.ROOT));
  }

  private void set(String name, Tags tags, double value) {
    if (Double.isNaN(value)) {
      return; // Not known in this phase.
    }
    gauges
        .computeIfAbsent(
            name + tags, unused -> registry.gauge(name, tags, new AtomicDouble(Double.NaN)))
        .set(value);
  }
}
