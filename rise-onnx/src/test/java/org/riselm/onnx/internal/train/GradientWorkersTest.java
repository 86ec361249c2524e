package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.onnx.Device;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.model.DecoderConfig;

class GradientWorkersTest {
  private static final int AT_ONCE = 4096;

  /** Micro-batches of one step, of a few tokens each. */
  private static List<MicroBatch> batches(int examples, long seed) {
    TrainingRequest plan =
        TrainingRequest.of(TrainingOptions.builder().batchSize(examples).build(), 1e-5);
    BatchPlanner batches =
        new BatchPlanner(StepExecutorContract.examples(examples, seed), plan, 12);
    return batches.split(batches.step(1, 1), 1);
  }

  private static GraphStepExecutor executor(ParameterBlock weights, int threads) {
    ModelTensors model = ModelTensors.full(StepExecutorContract.CONFIG, weights);
    return new GraphStepExecutor(model, StepExecutorContract.ADAMW, threads);
  }

  /** What the weights are after three steps, and the losses before them. */
  private static float[] trained(int threads, List<Double> losses) {
    try (ParameterBlock weights = ParameterBlock.random(StepExecutorContract.CONFIG, 3);
        GraphStepExecutor executor = executor(weights, threads)) {
      for (int step = 0; step < 3; step++) {
        losses.add(executor.accumulate(batches(16, step), AT_ONCE));
        executor.step(1e-2);
      }
      return weights.block().toFloats();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void theBitsAreThoseOfOneThread(int threads) {
    assertTrue(batches(16, 0).size() > 2 * threads, "too few micro-batches to tell");
    List<Double> expectedLosses = new ArrayList<>();
    float[] expected = trained(1, expectedLosses);
    for (int run = 0; run < 3; run++) {
      List<Double> losses = new ArrayList<>();
      assertArrayEquals(expected, trained(threads, losses));
      assertEquals(expectedLosses, losses);
    }
  }

  @Test
  void lanesAddToWhatIsThere() {
    List<MicroBatch> all = batches(16, 1);
    float[] together;
    try (ParameterBlock weights = ParameterBlock.random(StepExecutorContract.CONFIG, 3);
        GraphStepExecutor executor = executor(weights, 2)) {
      executor.accumulate(all, AT_ONCE);
      together = executor.gradients().block().toFloats();
    }
    try (ParameterBlock weights = ParameterBlock.random(StepExecutorContract.CONFIG, 3);
        GraphStepExecutor executor = executor(weights, 2)) {
      executor.accumulate(all.subList(0, 3), AT_ONCE);
      executor.accumulate(all.subList(3, all.size()), AT_ONCE);
      assertArrayEquals(together, executor.gradients().block().toFloats());
    }
  }

  @Test
  void aMicroBatchThatFailsFailsTheStepAndIsForgotten() {
    List<MicroBatch> good = batches(16, 1);
    List<MicroBatch> bad = new ArrayList<>(good);
    long beyond = StepExecutorContract.CONFIG.vocabularySize();
    bad.set(
        4,
        new MicroBatch(
            1, 2, new long[] {beyond, 1}, new long[] {0}, new long[] {1}, new float[] {1}));
    float[] expected;
    try (ParameterBlock weights = ParameterBlock.random(StepExecutorContract.CONFIG, 3);
        GraphStepExecutor executor = executor(weights, 2)) {
      executor.accumulate(good, AT_ONCE);
      executor.step(1e-2);
      expected = weights.block().toFloats();
    }
    long before = NativeMemory.openObjects();
    try (ParameterBlock weights = ParameterBlock.random(StepExecutorContract.CONFIG, 3);
        GraphStepExecutor executor = executor(weights, 2)) {
      executor.accumulate(good, AT_ONCE);
      assertThrows(OnnxRuntimeException.class, () -> executor.accumulate(bad, AT_ONCE));
      assertThrows(IllegalStateException.class, () -> executor.step(1e-2));
      executor.accumulate(good, AT_ONCE);
      executor.step(1e-2);
      assertArrayEquals(expected, weights.block().toFloats());
    }
    assertEquals(before, NativeMemory.openObjects());
  }

  @Test
  void anInterruptWaitsForTheStepAndIsKept() {
    List<Double> losses = new ArrayList<>();
    float[] expected = trained(1, losses);
    Thread.currentThread().interrupt();
    float[] found = trained(3, new ArrayList<>());
    assertTrue(Thread.interrupted());
    assertArrayEquals(expected, found);
  }

  @Test
  void theThreadsEndWithTheExecutor() throws InterruptedException {
    List<Thread> lanes = new ArrayList<>();
    try (ParameterBlock weights = ParameterBlock.random(StepExecutorContract.CONFIG, 3);
        GraphStepExecutor executor = executor(weights, 3)) {
      executor.accumulate(batches(16, 1), AT_ONCE);
      for (Thread t : Thread.getAllStackTraces().keySet()) {
        if (t.getName().startsWith("training-worker")) {
          lanes.add(t);
        }
      }
    }
    assertFalse(lanes.isEmpty());
    for (Thread lane : lanes) {
      lane.join(10_000);
      assertFalse(lane.isAlive());
    }
  }

  @Test
  void asManyAreInWorkAsThereAreThreadsAndTokensFor() {
    ParameterLayout small = ParameterLayout.full(StepExecutorContract.CONFIG);
    ParallelismPlan plan = ParallelismPlan.of(small, Device.CPU, 4, 4096);
    assertEquals(new ParallelismPlan(4, 640, 4096), plan);
    assertEquals(4, plan.workers(9, 640));
    assertEquals(3, plan.workers(3, 640));
    assertEquals(2, plan.workers(9, 2000));
    assertEquals(1, plan.workers(9, 5000));
    assertEquals(new ParallelismPlan(4, 100, 100), ParallelismPlan.of(small, Device.CPU, 4, 100));
  }

  @Test
  void ofALargeVocabularyAFewHundredTokensHaveLogitsAtATime() {
    DecoderConfig config =
        DecoderConfig.builder(151_936)
            .hiddenSize(896)
            .layers(1)
            .heads(14)
            .feedForwardSize(64)
            .build();
    ParameterLayout whole = ParameterLayout.full(config);
    ParameterLayout adapters = ParameterLayout.lora(config, Lora.rank(2), p -> ElementType.FLOAT);
    // 256 MiB of logits in fp32; beside a frozen head the graph has chunks of its own.
    assertEquals(new ParallelismPlan(1, 441, 4096), ParallelismPlan.of(whole, Device.CPU, 2, 4096));
    assertEquals(
        new ParallelismPlan(2, 640, 4096), ParallelismPlan.of(adapters, Device.CPU, 2, 4096));
  }

  @Test
  void adaptersThatDropOutHaveNoLanes() {
    Lora lora = Lora.rank(2);
    ParameterLayout still =
        ParameterLayout.lora(StepExecutorContract.CONFIG, lora, p -> ElementType.FLOAT);
    ParameterLayout draws =
        ParameterLayout.lora(
            StepExecutorContract.CONFIG,
            lora.toBuilder().dropout(0.1).build(),
            p -> ElementType.FLOAT);
    assertEquals(2, ParallelismPlan.of(still, Device.CPU, 2, 4096).most());
    assertEquals(
        new ParallelismPlan(1, 4096, 4096), ParallelismPlan.of(draws, Device.CPU, 2, 4096));
  }
}
