package org.riselm.onnx.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.riselm.core.policy.Training;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.policy.TrainingSummary;

/** Runs all steps of a training: batches in, gradients accumulated, weights moved. */
public final class TrainingLoop {
  private TrainingLoop() {}

  /**
   * Trains on {@code examples}.
   *
   * @param executor with fresh moments; its weights are written back at the end
   * @param examples at least one
   * @param training how
   * @param microBatchTokens the most tokens, padding counted, that go through the model at once
   * @param progress told after every step
   * @throws CancellationException if the thread is interrupted, between two steps; it stays so
   */
  public static TrainingSummary run(
      StepExecutor executor,
      List<EncodedExample> examples,
      Training training,
      int microBatchTokens,
      TrainingProgress progress) {
    long started = System.nanoTime();
    int total = training.stepsFor(examples.size());
    Batches batches = new Batches(examples, training, microBatchTokens);
    List<Double> losses = new ArrayList<>();
    long tokens = 0;
    long targets = 0;
    for (int number = 1; number <= total; number++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException(
            "interrupted after " + (number - 1) + " of " + total + " training steps");
      }
      List<EncodedExample> batch = batches.step(number, total);
      double loss = 0;
      for (MicroBatch micro : batches.split(batch)) {
        loss += executor.accumulate(micro);
      }
      requireFinite(loss, number);
      double rate = LearningRates.at(training, number, total);
      double norm = executor.step(rate);
      losses.add(loss);
      long stepTokens = batch.stream().mapToLong(EncodedExample::inputTokens).sum();
      tokens += stepTokens;
      targets += batch.stream().mapToLong(e -> e.target().length()).sum();
      progress.stepped(new TrainingProgress.Step(number, total, loss, norm, rate, stepTokens));
    }
    executor.writeBack();
    return new TrainingSummary(
        examples.size(),
        total,
        tokens,
        targets,
        mean(losses.subList(0, tenth(total))),
        mean(losses.subList(total - tenth(total), total)),
        (System.nanoTime() - started) / 1e9);
  }

  private static void requireFinite(double loss, int step) {
    if (!Double.isFinite(loss)) {
      throw new ArithmeticException(
          "the loss of training step "
              + step
              + " is "
              + loss
              + "; lower the learning rate, or look at the examples' weights");
    }
  }

  private static int tenth(int total) {
    return Math.max(1, total / 10);
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
