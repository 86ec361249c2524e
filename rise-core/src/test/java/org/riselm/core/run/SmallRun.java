package org.riselm.core.run;

import java.nio.file.Path;
import java.time.Duration;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.WordTask;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;

/** A small run of all phases, slow enough to be stopped in the middle of each. */
public final class SmallRun {
  public static final int ITERATIONS = 3;

  private SmallRun() {}

  /** Runs in the folder {@code args[0]}, pausing {@code args[1]} milliseconds now and then. */
  public static void main(String[] args) {
    SlowPolicy policy =
        new SlowPolicy(WordTask.policy(), Duration.ofMillis(Long.parseLong(args[1])));
    try (RiseTrainer trainer =
        builder(policy)
            .runDirectory(Path.of(args[0]))
            .runOptions(RunOptions.builder().checkpointInterval(Duration.ofMillis(5)).build())
            .build()) {
      finish(trainer);
    }
  }

  public static RiseTrainerBuilder builder(TrainablePolicy policy) {
    return RiseTrainer.builder(policy, WordTask.problems("train", 300))
        .evaluateOn(WordTask.problems("held-out", 60))
        .relabeler(Relabelers.bestOf(4))
        .feedback(Feedback.neutral("Think again."))
        .training(TrainingOptions.builder().learningRate(5).batchSize(32).steps(20).build())
        .seed(11);
  }

  public static void finish(RiseTrainer trainer) {
    if (trainer.iterations() == 0) {
      trainer.evaluate();
    }
    while (trainer.iterations() < ITERATIONS) {
      trainer.iterate();
    }
  }
}
