package org.riselm.core.policy.spi;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Stopwatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingSummary;

/** Records the steps of a training: reports each, saves checkpoints, and sums them up. */
public final class TrainingRecorder {
  private final Stopwatch watch = Stopwatch.createStarted();
  private final ProgressListener progress;
  private final TrainingCheckpoints points;
  private final TrainingCheckpoints.State state;
  private final List<TrainingStep> steps;
  private long tokens;

  /**
   * Begins a training, or goes on with it: then {@code state} is restored, and {@code progress} is
   * told the earlier steps again.
   *
   * @param progress told about the work done; called often
   * @param points where the training saves itself, and goes on from
   * @param state what to restore
   */
  public TrainingRecorder(
      ProgressListener progress, TrainingCheckpoints points, TrainingCheckpoints.State state) {
    this.progress = requireNonNull(progress, "progress");
    this.points = requireNonNull(points, "points");
    this.state = requireNonNull(state, "state");
    this.steps = new ArrayList<>(points.resume(state));
    steps.forEach(this::report);
  }

  /** {@return how many steps are done; those of an earlier process count} */
  public int done() {
    return steps.size();
  }

  /**
   * Adds a step that is done; the state must be as it is after it.
   *
   * @param step the optimizer step
   */
  public void add(TrainingStep step) {
    steps.add(step);
    if (step.number() < step.total() && points.isDue()) {
      points.save(List.copyOf(steps), state);
    }
    report(step);
  }

  private void report(TrainingStep step) {
    tokens += step.tokens();
    progress.progressed(ProgressEvent.ofTraining(step, tokens));
  }

  /**
   * {@return whether a step with these numbers is finite; if it is not, it must be skipped}
   *
   * @param training how to train
   * @param loss of the step
   * @param gradientNorm of it; NaN if it is not known
   * @throws ArithmeticException if they are not finite and the training is to stop then
   */
  public boolean checkFinite(TrainingOptions training, double loss, double gradientNorm) {
    boolean finite = Double.isFinite(loss) && !Double.isInfinite(gradientNorm);
    if (!finite && training.nonFinite() == TrainingOptions.NonFinite.STOP) {
      throw new ArithmeticException(
          "training step %d: the loss is %s, the gradient's norm %s; lower the learning rate, look at the examples' weights, or set TrainingOptions.nonFinite to SKIP"
              .formatted(steps.size() + 1, loss, gradientNorm));
    }
    return finite;
  }

  /**
   * {@return the training in numbers, when it is done}
   *
   * @param examples how many examples were learned
   * @param targetTokens how many tokens were learned
   */
  public TrainingSummary summary(int examples, long targetTokens) {
    int tenth = Math.max(1, steps.size() / 10);
    return new TrainingSummary(
        examples,
        steps.size(),
        (int) steps.stream().filter(TrainingStep::skipped).count(),
        steps.stream().mapToLong(TrainingStep::tokens).sum(),
        targetTokens,
        meanLoss(steps.subList(0, tenth)),
        meanLoss(steps.subList(steps.size() - tenth, steps.size())),
        watch.elapsed(TimeUnit.MICROSECONDS) / 1e6);
  }

  private static double meanLoss(List<TrainingStep> steps) {
    return steps.stream()
        .filter(step -> !step.skipped())
        .mapToDouble(TrainingStep::loss)
        .average()
        .orElse(Double.NaN);
  }
}
