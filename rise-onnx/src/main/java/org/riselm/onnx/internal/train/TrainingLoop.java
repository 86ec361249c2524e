package org.riselm.onnx.internal.train;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.core.policy.spi.TrainingRecorder;

/** Runs all steps of a training: batches in, gradients accumulated, weights moved. */
public final class TrainingLoop {
  private TrainingLoop() {}

  /**
   * Trains on {@code examples}.
   *
   * @param executor with fresh moments, unless there is a point to go on from; its weights are
   *     written back at the end
   * @param examples at least one
   * @param training how
   * @param microBatchTokens the most tokens, padding counted, in work at a time
   * @param progress told after every step
   * @param points where the training can go on from
   * @throws ArithmeticException if a step's loss or gradients are not finite, and the training says
   *     to stop then
   * @throws CancellationException if the thread is interrupted, between two steps; it stays so
   */
  public static TrainingSummary run(
      StepExecutor executor,
      List<EncodedExample> examples,
      TrainingRequest training,
      int microBatchTokens,
      ProgressListener progress,
      TrainingCheckpoints points) {
    int total = training.options().stepsFor(examples.size());
    BatchPlanner batches =
        new BatchPlanner(examples, training, executor.microBatchTokens(microBatchTokens));
    TrainingRecorder log = new TrainingRecorder(progress, points, executor);
    long targets = 0;
    for (int number = 1; number <= total; number++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException(
            "interrupted after " + (number - 1) + " of " + total + " training steps");
      }
      List<EncodedExample> batch = batches.step(number, total);
      targets += batch.stream().mapToLong(e -> e.target().length()).sum();
      if (number <= log.done()) {
        continue; // Done by an earlier process; only its draws are repeated.
      }
      double loss = executor.accumulate(batches.split(batch, executor.shares()), microBatchTokens);
      double rate = LearningRates.at(training, number, total);
      double norm = Double.NaN;
      if (log.checkFinite(training.options(), loss, norm)) {
        norm = executor.step(rate);
        log.checkFinite(training.options(), loss, norm);
      } else {
        executor.discard();
      }
      long tokens = batch.stream().mapToLong(EncodedExample::inputTokens).sum();
      log.add(new TrainingStep(number, total, loss, norm, rate, tokens));
    }
    executor.writeBack();
    return log.summary(examples.size(), targets);
  }
}
