package org.riselm.onnx.internal.train;

import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;

/** The learning rate of every step: a linear warm-up, then the schedule. */
final class LearningRates {
  private LearningRates() {}

  /** The rate of step {@code number}, from 1, of {@code total}. */
  static double at(TrainingRequest training, int number, int total) {
    double peak = training.learningRate();
    int warmup = training.options().warmupSteps();
    if (number <= warmup) {
      return peak * number / warmup;
    }
    double done = total == warmup ? 1 : (double) (number - warmup) / (total - warmup);
    double left =
        switch (training.options().schedule()) {
          case CONSTANT -> 1;
          case LINEAR -> 1 - done;
          case COSINE -> (1 + Math.cos(Math.PI * done)) / 2;
        };
    double share = training.options().minLearningRateRatio();
    return training.options().schedule() == TrainingOptions.Schedule.CONSTANT
        ? peak
        : peak * (share + (1 - share) * left);
  }
}
