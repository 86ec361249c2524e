package org.riselm.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.RiseTrainer;
import org.riselm.core.WordTask;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;

/** A run of each format that was ever released is read for ever. */
class FormatTest {
  @TempDir Path temp;

  /** The run that the folders in the test resources are of. */
  private static RiseTrainer open(Path folder, TrainablePolicy policy) {
    return RiseTrainer.builder(policy, WordTask.problems("train", 4))
        .evaluateOn(WordTask.problems("held-out", 4))
        .evaluationTurns(2)
        .evaluationSamples(2)
        .training(TrainingOptions.builder().learningRate(5).batchSize(4).steps(3).build())
        .seed(7)
        .runDirectory(folder)
        .build();
  }

  private void copy(String run, String... files) throws IOException {
    for (String file : files) {
      Path copy = temp.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.write(copy, Resources.toByteArray(Resources.getResource(run + "/" + file)));
    }
  }

  @Test
  void aRunOfFormat1ThatWasStoppedInATrainingGoesOnThere() throws IOException {
    copy(
        "run-format-1-in-training",
        "manifest.json",
        "journal.jsonl",
        "training.jsonl",
        "checkpoints/iteration-0000/checksums.json",
        "checkpoints/iteration-0000/policy/table.json",
        "checkpoints/training-step-000002/checksums.json",
        "checkpoints/training-step-000002/policy/table.json");
    SlowPolicy policy = new SlowPolicy(WordTask.policy(), Duration.ZERO);
    try (RiseTrainer trainer = open(temp, policy)) {
      assertEquals(0, trainer.iterations());
      assertEquals(3, trainer.iterate().training().steps());
      assertEquals(2, policy.resumedAfter());
    }
  }

  /** It was stopped after one iteration. */
  @Test
  void aRunOfFormat1IsReadAndGoesOn() throws IOException {
    copy(
        "run-format-1",
        "manifest.json",
        "journal.jsonl",
        "checkpoints/iteration-0001/checksums.json",
        "checkpoints/iteration-0001/policy/table.json");
    try (RiseTrainer trainer = open(temp, WordTask.policy())) {
      assertEquals(1, trainer.iterations());
      assertEquals(3, trainer.reports().get(0).training().steps());
      Evaluation evaluation = trainer.evaluations().get(1);
      assertEquals(4, evaluation.episodes().size());
      assertEquals(2, evaluation.episodes().get(0).turns().size());
      assertTrue(trainer.reports().get(0).collected().tokens() > 0);
      assertEquals(2, trainer.iterate().iteration());
    }
  }
}
