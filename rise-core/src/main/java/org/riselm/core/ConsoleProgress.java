package org.riselm.core;

import java.io.PrintStream;
import java.util.Locale;
import org.riselm.core.internal.trainer.ProgressLine;
import org.riselm.core.internal.trainer.Terminal;
import org.riselm.core.policy.TrainingProgress;

/**
 * Shows on the console how far a run is: what is done of each phase, tokens per second, the reward
 * or the loss, and the time left. On a terminal one line is redrawn, as wide as fits; elsewhere a
 * line is printed for every tenth of a long phase. Not thread-safe.
 */
public final class ConsoleProgress implements RiseListener {
  private final ProgressLine line;
  private final String run;

  /**
   * Progress on {@code out}.
   *
   * @param run a word before each phase, to tell several runs apart; may be empty
   */
  public ConsoleProgress(PrintStream out, String run) {
    this(new ProgressLine(out, Terminal::width, System::nanoTime), run);
  }

  ConsoleProgress(ProgressLine line, String run) {
    this.line = line;
    this.run = run.isEmpty() ? "" : run + ": ";
  }

  /** Progress of a training outside any iteration. */
  public TrainingProgress training(String name) {
    line.start(run + name);
    long[] tokens = {0};
    return step -> {
      tokens[0] += step.tokens();
      line.advance(step.number(), step.total(), tokens[0], () -> loss(step.loss()));
      if (step.number() == step.total()) {
        line.finish();
      }
    };
  }

  @Override
  public void phaseStarted(PhaseStarted event) {
    String phase = event.phase().name().toLowerCase(Locale.ROOT);
    line.start(
        run + (event.iteration() == 0 ? phase : "iteration " + event.iteration() + ": " + phase));
  }

  @Override
  public void phaseProgressed(PhaseProgressed event) {
    line.advance(event.done(), event.total(), event.tokens(), () -> note(event));
  }

  private static String note(PhaseProgressed event) {
    if (!Double.isNaN(event.loss())) {
      return loss(event.loss());
    }
    return Double.isNaN(event.meanReward())
        ? ""
        : String.format(Locale.ROOT, "reward %.3f", event.meanReward());
  }

  @Override
  public void phaseFinished(PhaseFinished event) {
    line.finish();
  }

  private static String loss(double loss) {
    return String.format(Locale.ROOT, "loss %.4f", loss);
  }
}
