package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.model.DecoderConfig;

/** What every {@link StepExecutor} owes its callers. */
abstract class StepExecutorContract {
  // Adam divides by the root of the second moment; a large epsilon keeps it from amplifying noise.
  static final AdamW ADAMW = new AdamW(0.9, 0.99, 1e-4, 0.05, AdamW.Decay.ALL, 0.5);
  static final DecoderConfig CONFIG = DecoderGradientTest.config(4, 2, true);

  abstract StepExecutor create(DecoderConfig config, ParameterBlock weights, AdamW optimizer);

  static List<EncodedExample> examples(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<EncodedExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] prompt = random.ints(1 + random.nextInt(6), 0, CONFIG.vocabularySize()).toArray();
      int[] target = random.ints(1 + random.nextInt(5), 0, CONFIG.vocabularySize()).toArray();
      examples.add(EncodedExample.of(prompt, target, random.nextDouble() * 2));
    }
    return examples;
  }

  /** Three steps on eight examples each; what the weights are then. */
  final float[] trained(int microBatchTokens, List<Double> losses) {
    TrainingRequest plan = TrainingRequest.of(TrainingOptions.builder().batchSize(8).build(), 1e-5);
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      BatchPlanner batches = new BatchPlanner(examples(24, 9), plan, microBatchTokens);
      for (int step = 1; step <= 3; step++) {
        double loss = 0;
        for (MicroBatch micro : batches.split(batches.step(step, 3), 1)) {
          loss += executor.accumulate(micro);
        }
        losses.add(loss);
        executor.step(1e-2);
      }
      executor.writeBack();
      return weights.block().toFloats();
    }
  }

  @Test
  void microBatchesAddUpToTheBatch() {
    List<Double> wholeLosses = new ArrayList<>();
    List<Double> splitLosses = new ArrayList<>();
    float[] whole = trained(10_000, wholeLosses);
    float[] split = trained(12, splitLosses);
    for (int i = 0; i < 3; i++) {
      assertEquals(wholeLosses.get(i), splitLosses.get(i), 1e-5);
    }
    assertArrayEquals(whole, split, 1e-5f);
  }

  @Test
  void severalMicroBatchesAreTheSumOfEach() {
    TrainingRequest plan = TrainingRequest.of(TrainingOptions.builder().batchSize(8).build(), 1e-5);
    BatchPlanner batches = new BatchPlanner(examples(8, 9), plan, 12);
    List<MicroBatch> all = batches.split(batches.step(1, 1), 1);
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        ParameterBlock others = ParameterBlock.random(CONFIG, 3);
        StepExecutor oneByOne = create(CONFIG, weights, ADAMW);
        StepExecutor together = create(CONFIG, others, ADAMW)) {
      double loss = 0;
      for (MicroBatch micro : all) {
        loss += oneByOne.accumulate(micro);
      }
      assertEquals(loss, together.accumulate(all, 4096), 1e-5);
      oneByOne.step(1e-2);
      together.step(1e-2);
      oneByOne.writeBack();
      together.writeBack();
      assertArrayEquals(weights.block().toFloats(), others.block().toFloats(), 1e-5f);
    }
  }

  @Test
  void agreesWithThePlainExecutor() {
    List<Double> losses = new ArrayList<>();
    float[] found = trained(64, losses);
    List<Double> plainLosses = new ArrayList<>();
    float[] plain =
        new StepExecutorContract() {
          @Override
          StepExecutor create(DecoderConfig config, ParameterBlock weights, AdamW optimizer) {
            return new GraphStepExecutor(ModelTensors.full(config, weights), optimizer, 1);
          }
        }.trained(64, plainLosses);
    assertEquals(plainLosses.size(), losses.size());
    for (int i = 0; i < losses.size(); i++) {
      assertEquals(plainLosses.get(i), losses.get(i), 1e-5);
    }
    assertArrayEquals(plain, found, 1e-5f);
  }

  @Test
  void repeatedItGivesTheSameBytes() {
    assertArrayEquals(trained(24, new ArrayList<>()), trained(24, new ArrayList<>()));
  }

  @Test
  void stepsLowerTheLoss() {
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      MicroBatch batch = BatchPlanner.pack(examples(6, 1), 0.05);
      double first = executor.accumulate(batch);
      executor.step(1e-2);
      double last = first;
      for (int i = 0; i < 30; i++) {
        last = executor.accumulate(batch);
        executor.step(1e-2);
      }
      assertTrue(last < first / 2, first + " to " + last);
    }
  }

  @Test
  void theLossIsTheWeightedSumOfTheTokenLosses() {
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      MicroBatch batch = BatchPlanner.pack(examples(6, 1), 0.1);
      float[] losses = executor.tokenLosses(batch);
      double sum = 0;
      for (int i = 0; i < losses.length; i++) {
        sum += (double) losses[i] * batch.targetWeight(i);
      }
      assertEquals(sum, executor.accumulate(batch), 1e-5);
    }
  }

  @Test
  void tokenLossesAreThoseOfTheWeightsAsTheyAreNow() {
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      MicroBatch batch = BatchPlanner.pack(examples(6, 1), 0.1);
      float[] before = executor.tokenLosses(batch);
      executor.accumulate(batch);
      executor.step(1e-2);
      float[] after = executor.tokenLosses(batch);
      executor.writeBack();
      try (Scorer scorer = new Scorer(ModelTensors.full(CONFIG, weights), 1)) {
        assertArrayEquals(scorer.tokenLosses(batch), after, 1e-5f);
      }
      assertTrue(Math.abs(before[0] - after[0]) > 1e-4, "the step changed nothing");
    }
  }

  @Test
  void aStepWithoutGradientsIsRefused() {
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      assertThrows(IllegalStateException.class, () -> executor.step(1e-3));
      executor.accumulate(BatchPlanner.pack(examples(2, 1), 0.1));
      executor.step(1e-3);
      assertThrows(IllegalStateException.class, () -> executor.step(1e-3));
    }
  }

  @Test
  void goesOnExactlyFromWhatItSaved(@TempDir Path folder) throws IOException {
    MicroBatch batch = BatchPlanner.pack(examples(6, 1), 0.1);
    float[] expected;
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      for (int step = 1; step <= 4; step++) {
        executor.accumulate(batch);
        executor.step(1e-2);
        if (step == 2) {
          executor.save(folder.resolve("two"));
        }
      }
      executor.writeBack();
      expected = weights.block().toFloats();
    }
    long before = NativeMemory.openObjects();
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 4);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      executor.accumulate(BatchPlanner.pack(examples(6, 2), 0.1));
      executor.restore(folder.resolve("two"));
      assertThrows(IllegalStateException.class, () -> executor.step(1e-2));
      for (int step = 3; step <= 4; step++) {
        executor.accumulate(batch);
        executor.step(1e-2);
      }
      executor.writeBack();
      assertArrayEquals(expected, weights.block().toFloats());
    }
    assertEquals(before, NativeMemory.openObjects());
  }

  @Test
  void closesEverything() {
    long before = NativeMemory.openObjects();
    try (ParameterBlock weights = ParameterBlock.random(CONFIG, 3);
        StepExecutor executor = create(CONFIG, weights, ADAMW)) {
      executor.accumulate(BatchPlanner.pack(examples(2, 1), 0.1));
      executor.accumulate(BatchPlanner.pack(examples(2, 2), 0.1));
      executor.step(1e-3);
      executor.tokenLosses(BatchPlanner.pack(examples(2, 1), 0.1));
      executor.close();
    }
    assertEquals(before, NativeMemory.openObjects());
  }
}
