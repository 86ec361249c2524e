package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.mdp.TokenWeights;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.TrainingRequest.LossNormalization;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.model.DecoderConfig;

/** The whole decoder's gradients: against central differences, and against themselves. */
class DecoderGradientTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.999, 1e-4, 0.01, AdamW.Decay.ALL, 1);

  static DecoderConfig config(int heads, int keyValueHeads, boolean tied) {
    return DecoderConfig.builder(11)
        .hiddenSize(16)
        .layers(2)
        .heads(heads)
        .keyValueHeads(keyValueHeads)
        .headSize(16)
        .feedForwardSize(24)
        .contextLength(12)
        .tiedHead(tied)
        .build();
  }

  /** Rows of different lengths, targets of different weights, some below 0. */
  static MicroBatch batch(DecoderConfig config, int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] ids = random.longs((long) rows * columns, 0, config.vocabularySize()).toArray();
    int targets = rows * (columns - 1) / 2;
    long[] positions = new long[targets];
    long[] targetIds = new long[targets];
    float[] weights = new float[targets];
    for (int i = 0; i < targets; i++) {
      positions[i] = 2L * i;
      targetIds[i] = random.nextInt(config.vocabularySize());
      weights[i] = (float) (random.nextDouble() * 1.2 - 0.2);
    }
    return new MicroBatch(rows, columns, ids, positions, targetIds, weights);
  }

  @ParameterizedTest
  @CsvSource({"2, 2, true, 1", "4, 2, true, 2", "4, 1, false, 2", "2, 1, false, 1"})
  void gradientsAreThoseOfCentralDifferences(
      int heads, int keyValueHeads, boolean tied, int threads) {
    DecoderConfig config = config(heads, keyValueHeads, tied);
    checkGradients(config, batch(config, 3, 7, 1), threads);
  }

  // Attention cuts sequences into four blocks; these have fewer tokens, or blocks of 1 and 2.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void sequencesOfAFewTokensHaveTheirGradients(int columns) {
    long[] ids = new SplittableRandom(2).longs(2L * columns, 0, 11).toArray();
    long[] positions = new long[2 * columns];
    Arrays.setAll(positions, i -> i);
    float[] weights = new float[2 * columns];
    Arrays.fill(weights, 0.3f);
    checkGradients(
        config(4, 2, false), new MicroBatch(2, columns, ids, positions, ids, weights), 2);
  }

  @ParameterizedTest
  @EnumSource
  void weightsPerTokenBelowZeroTooHaveTheirGradients(LossNormalization normalization) {
    DecoderConfig config = config(2, 2, true);
    List<EncodedExample> signed =
        List.of(
            signed(new int[] {1, 2, 3}, new int[] {4, 5, 6}, 1.5, -2, 0.25),
            signed(new int[] {7}, new int[] {8, 9}, -1, -0.5),
            signed(new int[] {3, 1}, new int[] {2, 10, 1, 4}, -0.75));
    TrainingRequest training =
        TrainingRequest.of(TrainingOptions.ofDefaults(), 1e-5).withNormalization(normalization);
    MicroBatch batch = new BatchPlanner(signed, training, 1000).split(signed, 1).get(0);
    double size = 0;
    double sum = 0;
    for (int i = 0; i < batch.targets(); i++) {
      size += Math.abs(batch.targetWeight(i));
      sum += batch.targetWeight(i);
    }
    // Σ |w| is 8.25 and Σ w is -4.75, over 9 tokens.
    assertEquals(normalization == LossNormalization.BY_WEIGHT ? 1 : 8.25 / 9, size, 1e-6);
    assertEquals(
        normalization == LossNormalization.BY_WEIGHT ? -4.75 / 8.25 : -4.75 / 9, sum, 1e-6);
    checkGradients(config, batch, 1);
  }

  private static EncodedExample signed(int[] prompt, int[] target, double... weights) {
    return new EncodedExample(
        ImmutableIntArray.copyOf(prompt),
        ImmutableIntArray.copyOf(target),
        TokenWeights.of(weights));
  }

  private static void checkGradients(DecoderConfig config, MicroBatch batch, int threads) {
    long before = NativeMemory.openObjects();
    try (ParameterBlock weights = ParameterBlock.random(config, 3);
        GraphStepExecutor executor =
            new GraphStepExecutor(ModelTensors.full(config, weights), ADAMW, threads)) {
      enlarge(weights.tensor("model.embed_tokens.weight").floats());
      executor.accumulate(batch);
      SplittableRandom random = new SplittableRandom(5);
      for (Parameter p : weights.parameters()) {
        double difference = 0;
        double size = 0;
        float step = p.name().contains("embed") ? 1e-2f : 3e-2f;
        for (int k = 0; k < 24; k++) {
          int i = random.nextInt((int) p.elements());
          double numeric = slope(executor, batch, weights.tensor(p.name()).floats(), i, step);
          double analytic = executor.gradients().tensor(p.name()).floats().get(i);
          difference += Math.pow(analytic - numeric, 2);
          size += numeric * numeric;
        }
        double error = Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-2);
        assertTrue(error <= 1e-3, p.name() + ": relative error " + error);
      }
    }
    assertEquals(before, NativeMemory.openObjects());
  }

  // At their usual size a step that fp32 can resolve is no longer small beside an embedding.
  private static void enlarge(FloatBuffer values) {
    for (int i = 0; i < values.limit(); i++) {
      values.put(i, values.get(i) * 5);
    }
  }

  // Five points: the error of the slope goes with the fourth power of the step, so a step may be
  // wide enough for fp32.
  static double slope(
      GraphStepExecutor executor, MicroBatch batch, FloatBuffer values, int i, float step) {
    float at = values.get(i);
    double near = difference(executor, batch, values, i, step);
    double far = difference(executor, batch, values, i, 2 * step);
    values.put(i, at);
    return (8 * near - far) / (12 * step);
  }

  private static double difference(
      GraphStepExecutor executor, MicroBatch batch, FloatBuffer values, int i, float step) {
    float at = values.get(i);
    values.put(i, at + step);
    double high = loss(executor, batch);
    values.put(i, at - step);
    double low = loss(executor, batch);
    values.put(i, at);
    return high - low;
  }

  // Weighed and summed in double precision, so that less is lost to rounding.
  private static double loss(GraphStepExecutor executor, MicroBatch batch) {
    float[] losses = executor.tokenLosses(batch);
    double sum = 0;
    for (int i = 0; i < losses.length; i++) {
      sum += (double) losses[i] * batch.targetWeight(i);
    }
    return sum;
  }

  // Large enough for ONNX Runtime to spread every operator over the threads.
  @Test
  void repeatedOnSeveralThreadsGradientsNeverDiffer() {
    DecoderConfig config =
        DecoderConfig.builder(96)
            .hiddenSize(64)
            .layers(2)
            .heads(4)
            .keyValueHeads(2)
            .feedForwardSize(128)
            .contextLength(64)
            .build();
    MicroBatch batch = batch(config, 32, 48, 2);
    try (ParameterBlock weights = ParameterBlock.random(config, 3);
        GraphStepExecutor executor =
            new GraphStepExecutor(ModelTensors.full(config, weights), ADAMW, 4)) {
      float[] first = null;
      for (int i = 0; i < 50; i++) {
        executor.accumulate(batch);
        float[] gradients = executor.gradients().block().toFloats();
        if (first == null) {
          first = gradients;
        }
        assertArrayEquals(first, gradients, "run " + i);
        executor.discard();
      }
    }
  }
}
