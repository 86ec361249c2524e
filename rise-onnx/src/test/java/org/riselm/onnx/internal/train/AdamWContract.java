package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.model.DecoderConfig;

/** What a step of every {@link StepExecutor} does, one thing at a time. */
abstract class AdamWContract extends StepExecutorContract {
  private static final long[] IDS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 3, 5, 7, 9, 2, 4, 6};
  private static final DecoderConfig ONE_LAYER =
      DecoderConfig.builder(11)
          .hiddenSize(16)
          .layers(1)
          .heads(1)
          .keyValueHeads(1)
          .headSize(16)
          .feedForwardSize(16)
          .contextLength(6)
          .build();
  private static final MicroBatch BATCH = batch(1, 1);
  private static final MicroBatch OTHER = batch(2, 1);
  private static final double RATE = 0.01;

  private long objectsBefore;

  @BeforeEach
  void countObjects() {
    objectsBefore = NativeMemory.openObjects();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertEquals(objectsBefore, NativeMemory.openObjects());
  }

  static AdamW adamW(double beta1, double epsilon, double decay, double maxGradientNorm) {
    return new AdamW(beta1, 0.999, epsilon, decay, AdamW.Decay.ALL, maxGradientNorm);
  }

  private static AdamW usual() {
    return adamW(0.9, 1e-4, 0.01, 1);
  }

  /** Three rows of six, whose targets are the ids further on; weights times {@code scale}. */
  private static MicroBatch batch(int shift, float scale) {
    int targets = 15;
    long[] positions = new long[targets];
    long[] targetIds = new long[targets];
    float[] weights = new float[targets];
    for (int i = 0; i < targets; i++) {
      positions[i] = 6L * (i / 5) + i % 5;
      targetIds[i] = IDS[((int) positions[i] + shift) % IDS.length];
      weights[i] = scale * (1 + i % 3) / 10;
    }
    return new MicroBatch(3, 6, IDS, positions, targetIds, weights);
  }

  /** The weights after {@code work}, which starts from the same ones each time. */
  private float[] after(AdamW optimizer, Consumer<StepExecutor> work) {
    try (ParameterBlock weights = ParameterBlock.random(ONE_LAYER, 3)) {
      try (StepExecutor executor = create(ONE_LAYER, weights, optimizer)) {
        work.accept(executor);
        executor.writeBack();
      }
      return weights.block().toFloats();
    }
  }

  private static float[] start() {
    try (ParameterBlock weights = ParameterBlock.random(ONE_LAYER, 3)) {
      return weights.block().toFloats();
    }
  }

  private static void update(StepExecutor executor, MicroBatch... batches) {
    for (MicroBatch b : batches) {
      executor.accumulate(b);
      executor.step(RATE);
    }
  }

  @Test
  void aStepForgetsTheGradients() {
    // With no first moment and no decay, what moves a weight is this step's gradient alone.
    AdamW noMemory = adamW(0, 1e-4, 0, 0);
    float[] once = after(noMemory, e -> update(e, BATCH));
    float[] thenNothing = after(noMemory, e -> update(e, BATCH, batch(1, 0)));
    assertArrayEquals(once, thenNothing);
  }

  @Test
  void theLearningRateIsThatOfTheStep() {
    float[] start = start();
    float[] still =
        after(
            usual(),
            e -> {
              e.accumulate(BATCH);
              e.step(0);
            });
    assertArrayEquals(start, still);
    assertFalse(Arrays.equals(start, after(usual(), e -> update(e, BATCH))));
  }

  @Test
  void weightsDecayByTheRateTimesTheDecay() {
    double decay = 0.5;
    float[] start = start();
    float[] decayed = after(adamW(0.9, 1e-4, decay, 1), e -> update(e, batch(1, 0)));
    for (int i = 0; i < start.length; i++) {
      assertEquals(start[i] * (1 - RATE * decay), decayed[i], 1e-6, "weight " + i);
    }
  }

  @Test
  void longGradientsAreClippedAndShortOnesAreNot() {
    // Under so large an epsilon the first update is about rate · gradient / epsilon.
    double epsilon = 100;
    float[] start = start();
    double free = distance(start, after(adamW(0.9, epsilon, 0, 0), e -> update(e, BATCH)));
    double norm = free * epsilon / RATE;
    double longest = norm / 4;
    double clipped = distance(start, after(adamW(0.9, epsilon, 0, longest), e -> update(e, BATCH)));
    assertEquals(free / 4, clipped, free * 0.02);
    double loose = distance(start, after(adamW(0.9, epsilon, 0, norm * 2), e -> update(e, BATCH)));
    assertEquals(free, loose, free * 1e-3);
  }

  @Test
  void theNormIsThatBeforeClippingOrUnknown() {
    after(
        adamW(0.9, 1e-4, 0, 1e-3),
        e -> {
          e.accumulate(BATCH);
          double norm = e.step(0);
          e.accumulate(batch(1, 3));
          double thrice = e.step(0);
          assertEquals(Double.isNaN(norm), Double.isNaN(thrice));
          if (!Double.isNaN(norm)) {
            assertEquals(3 * norm, thrice, 1e-4 * thrice);
            assertTrue(norm > 1e-3);
          }
        });
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.pow((double) a[i] - b[i], 2);
    }
    return Math.sqrt(sum);
  }

  @Test
  void theFirstMomentMovesTheNextStepToo() {
    AdamW noDecay = adamW(0.9, 1e-4, 0, 0);
    float[] stopped = after(noDecay, e -> update(e, BATCH));
    float[] coasting = after(noDecay, e -> update(e, BATCH, batch(1, 0)));
    assertTrue(distance(stopped, coasting) > 0.1 * distance(start(), stopped));
  }

  @Test
  void scoringLearnsNothingAndFollowsTheWeights() {
    after(
        usual(),
        e -> {
          float[] before = e.tokenLosses(BATCH);
          assertArrayEquals(before, e.tokenLosses(BATCH));
          update(e, BATCH);
          assertFalse(Arrays.equals(before, e.tokenLosses(BATCH)));
        });
    float[] plain = after(usual(), e -> update(e, BATCH));
    float[] scored =
        after(
            usual(),
            e -> {
              e.accumulate(BATCH);
              e.tokenLosses(OTHER);
              e.step(RATE);
            });
    assertArrayEquals(plain, scored);
  }

  @Test
  void whatIsWrittenBackIsWhatItHas() {
    try (ParameterBlock weights = ParameterBlock.random(ONE_LAYER, 3)) {
      float[] losses;
      try (StepExecutor executor = create(ONE_LAYER, weights, usual())) {
        update(executor, BATCH, OTHER);
        executor.writeBack();
        losses = executor.tokenLosses(BATCH);
      }
      try (StepExecutor next = create(ONE_LAYER, weights, usual())) {
        assertArrayEquals(losses, next.tokenLosses(BATCH));
      }
    }
  }

  @Test
  void closesTwiceWithoutHarm() {
    try (ParameterBlock weights = ParameterBlock.random(ONE_LAYER, 3)) {
      StepExecutor executor = create(ONE_LAYER, weights, usual());
      executor.close();
      executor.close();
    }
  }
}
