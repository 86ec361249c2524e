package org.riselm.examples.lab.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;

/**
 * What an iteration's time goes to: the trainer's phases, and what it does between them. Before
 * training it weighs ({@code weigh}); after it, it saves the policy ({@code checkpoint}); the rest
 * is the journal ({@code journal}).
 */
final class PhaseClock implements RiseListener {
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private final Map<String, Long> tokens = new LinkedHashMap<>();
  private long last;

  /** An iteration begins now. */
  void start() {
    seconds.clear();
    tokens.clear();
    last = System.nanoTime();
  }

  /** It is over; the seconds of every part, in the order in which they first came. */
  Map<String, Double> stop() {
    between("journal");
    return new LinkedHashMap<>(seconds);
  }

  /** The tokens that were sampled or trained on in each phase. */
  Map<String, Long> tokens() {
    return new LinkedHashMap<>(tokens);
  }

  @Override
  public void phaseStarted(PhaseStarted event) {
    between(
        switch (event.phase()) {
          case TRAIN -> "weigh";
          case VALIDATE, EVALUATE -> "checkpoint";
          case COLLECT, RELABEL -> "journal";
        });
  }

  @Override
  public void phaseProgressed(PhaseProgressed event) {
    tokens.put(name(event.phase()), event.progress().tokens());
  }

  @Override
  public void phaseFinished(PhaseFinished event) {
    between(name(event.phase()));
  }

  private void between(String part) {
    long now = System.nanoTime();
    seconds.merge(part, (now - last) / 1e9, Double::sum);
    last = now;
  }

  private static String name(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }
}
