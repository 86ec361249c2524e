package org.riselm.core;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.ProgressListener;

/**
 * Prints how far a run is: a line for every tenth of a long phase, with what is done, tokens per
 * second, the reward or the loss, and the time left; and a line at the end of each phase. Not
 * thread-safe.
 */
public final class ConsoleProgress implements RiseListener {
  private static final int TENTHS = 10;
  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final double NANOS = 1e9;

  private final PrintStream out;
  private final String run;
  private final LongSupplier nanoTime;

  private String phase = "";
  private @Nullable ProgressEvent last;
  private long startedAt;
  private long printedAt;
  private long printedTenths;

  /**
   * Makes a listener that prints to {@code out}.
   *
   * @param out where to print
   * @param run a word before each phase, to tell several runs apart; may be empty
   */
  public ConsoleProgress(PrintStream out, String run) {
    this(out, run, System::nanoTime);
  }

  ConsoleProgress(PrintStream out, String run, LongSupplier nanoTime) {
    this.out = out;
    this.run = run.isEmpty() ? "" : run + ": ";
    this.nanoTime = nanoTime;
  }

  /**
   * {@return a listener for a training outside any iteration}
   *
   * @param name the name of the training
   */
  public ProgressListener training(String name) {
    start(run + name);
    return event -> {
      advance(event);
      if (event.done() == event.total()) {
        finish();
      }
    };
  }

  @Override
  public void phaseStarted(PhaseStarted event) {
    String name = event.phase().name().toLowerCase(Locale.ROOT);
    start(run + (event.iteration() == 0 ? name : "iteration " + event.iteration() + ": " + name));
  }

  @Override
  public void phaseProgressed(PhaseProgressed event) {
    advance(event.progress());
  }

  @Override
  public void phaseFinished(PhaseFinished event) {
    finish();
  }

  @Override
  public void episodesCollected(EpisodesCollected event) {
    event
        .divergence()
        .ifPresent(
            d ->
                out.println(
                    run
                        + "iteration "
                        + event.iteration()
                        + ": sampled from an approximation; divergence "
                        + d));
  }

  private void start(String phase) {
    this.phase = phase;
    last = null;
    startedAt = nanoTime.getAsLong();
    printedAt = startedAt;
    printedTenths = 0;
  }

  private void advance(ProgressEvent event) {
    last = event;
    long now = nanoTime.getAsLong();
    if (event.total() > 0
        && event.done() < event.total()
        && event.done() * TENTHS / event.total() > printedTenths
        && now - printedAt >= QUIET_NANOS) {
      printedTenths = event.done() * TENTHS / event.total();
      printedAt = now;
      out.println(
          "%-24s %d/%d%s%s%s"
              .formatted(
                  phase, event.done(), event.total(), pace(event), note(event), left(event)));
    }
  }

  private void finish() {
    StringBuilder line = new StringBuilder(format("%-24s %6.1f s", phase, seconds()));
    if (last != null && last.tokens() > 0) {
      line.append(format("  %,d tokens, %,.0f/s", last.tokens(), rate(last)));
    }
    out.println(last == null ? line : line.append(note(last)));
    out.flush();
  }

  private String pace(ProgressEvent event) {
    return event.tokens() == 0 ? "" : format("  %,.0f tokens/s", rate(event));
  }

  private static String note(ProgressEvent event) {
    if (!Double.isNaN(event.loss())) {
      return format("  loss %.4f", event.loss());
    }
    return Double.isNaN(event.meanReward()) ? "" : format("  reward %.3f", event.meanReward());
  }

  private String left(ProgressEvent event) {
    if (event.done() == 0) {
      return "";
    }
    long left = Math.round(seconds() * (event.total() - event.done()) / event.done());
    return format("  %d:%02d left", left / 60, left % 60);
  }

  private double seconds() {
    return (nanoTime.getAsLong() - startedAt) / NANOS;
  }

  private double rate(ProgressEvent event) {
    return event.tokens() / Math.max(seconds(), 1 / NANOS);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
