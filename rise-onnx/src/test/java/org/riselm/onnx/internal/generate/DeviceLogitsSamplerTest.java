package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.graph.Bfloat16Emulation;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.RehearsalMemory;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.runtime.TransferCounter;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.internal.util.Workers;

/** Drawing by a graph, rehearsed on the CPU, against drawing by code. */
class DeviceLogitsSamplerTest {
  private static final float NONE = Float.NEGATIVE_INFINITY;

  /** Rows that are smooth, coarse as bfloat16 makes them, full of ties, masked, and steep. */
  private static float[] rows(int count, int vocabulary, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] rows = new float[count * vocabulary];
    for (int i = 0; i < rows.length; i++) {
      float smooth = (float) (3 * random.nextDouble() * random.nextDouble() * 4 - 6);
      rows[i] =
          switch ((i / vocabulary) % 5) {
            case 0 -> smooth;
            case 1 -> Bfloat16Emulation.round(smooth + 20);
            case 2 -> random.nextInt(3) == 0 ? 0 : -0f + random.nextInt(2);
            case 3 -> i % vocabulary > 0 && random.nextInt(4) > 0 ? NONE : smooth;
            default -> 60 * smooth;
          };
    }
    return rows;
  }

  @Property(tries = 150)
  void drawsTheTokensThatTheHostDraws(
      @ForAll @IntRange(min = 1, max = 700) int vocabulary,
      @ForAll @DoubleRange(min = 0, max = 3) double temperature,
      @ForAll @IntRange(min = 0, max = 60) int topK,
      @ForAll @DoubleRange(min = 0.02, max = 1) double topP,
      @ForAll long seed) {
    double t = temperature < 0.2 ? 0 : temperature > 2.5 ? 1 : temperature;
    SamplingOptions sampling =
        SamplingOptions.builder()
            .temperature(t)
            .topK(topK)
            .topP(topP > 0.9 ? 1 : topP)
            .maxNewTokens(1)
            .build();
    agree(rows(5, vocabulary, seed), vocabulary, sampling, seed, 12);
  }

  @Example
  void cutsWhereTopPIsReachedExactly() {
    float[] four = {0, 0, 0, 0, NONE, NONE};
    for (double p : new double[] {0.25, 0.5, 0.75, 0.74, 0.26, 1}) {
      for (int k : new int[] {0, 2, 3}) {
        agree(four, 6, SamplingOptions.builder().topK(k).topP(p).maxNewTokens(1).build(), 5, 40);
        agree(
            four,
            6,
            SamplingOptions.builder().temperature(0.3).topK(k).topP(p).maxNewTokens(1).build(),
            5,
            40);
      }
    }
  }

  @Example
  void drawsTheSameFromAVocabularyAsLargeAsLlamas() {
    int vocabulary = 128_256;
    float[] rows = rows(5, vocabulary, 4);
    for (SamplingOptions sampling :
        List.of(
            SamplingOptions.greedy(1),
            SamplingOptions.ofMaxNewTokens(1),
            SamplingOptions.builder().temperature(0.7).topK(50).maxNewTokens(1).build(),
            SamplingOptions.builder().temperature(0.9).topP(0.95).maxNewTokens(1).build(),
            SamplingOptions.builder()
                .temperature(1.2)
                .topK(400)
                .topP(0.9)
                .maxNewTokens(1)
                .build())) {
      agree(rows, vocabulary, sampling, 8, 6);
    }
  }

  /** {@code draws} of each row, by both. */
  private static void agree(
      float[] rows, int vocabulary, SamplingOptions sampling, long seed, int draws) {
    int count = rows.length / vocabulary;
    try (Resources r = new Resources()) {
      Tensor here = r.add(Tensor.of(rows, count, vocabulary));
      Tensor there =
          r.add(Tensor.zeros(RehearsalMemory.DEVICE, ElementType.FLOAT, count, vocabulary));
      there.copyFrom(here);
      HostLogitsSampler host =
          new HostLogitsSampler(
              here,
              sampling.toBuilder().logProbabilities(true).build(),
              r.add(new Workers("drawing", 2)));
      DeviceLogitsSampler device = r.add(new DeviceLogitsSampler(there, sampling, 1));
      for (int d = 0; d < draws; d++) {
        int[] chosen = new int[d % count + 1];
        long[] seeds = new long[chosen.length];
        for (int i = 0; i < chosen.length; i++) {
          chosen[i] = (7 * d + 3 * i) % count;
          seeds[i] = Seeds.derive(seed, d, i);
        }
        host.run(chosen, seeds);
        device.run(chosen, seeds);
        for (int i = 0; i < chosen.length; i++) {
          assertEquals(host.token(i), device.token(i), "of row " + chosen[i] + ", " + sampling);
          assertEquals(host.logProbability(i), device.logProbability(i), 1e-9);
        }
      }
    }
  }

  @Example
  void sixteenBytesCrossEachWayForADraw() {
    try (Resources r = new Resources()) {
      Tensor logits = r.add(Tensor.zeros(RehearsalMemory.DEVICE, ElementType.FLOAT, 4, 1000));
      DeviceLogitsSampler draw =
          r.add(
              new DeviceLogitsSampler(
                  logits, SamplingOptions.builder().topK(40).topP(0.9).maxNewTokens(1).build(), 1));
      long in = TransferCounter.toDevices();
      long out = TransferCounter.fromDevices();
      draw.run(new int[] {0, 2, 2}, new long[] {1, 2, 3});
      assertEquals(3 * 16, TransferCounter.toDevices() - in);
      assertEquals(3 * 16, TransferCounter.fromDevices() - out);
    }
  }

  @Example
  void refusesLogitsThatAreNoNumbers() {
    float[] rows = {0, 1, 2, 0, Float.NaN, 2, 0, Float.POSITIVE_INFINITY, 2, NONE, NONE, NONE};
    try (Resources r = new Resources()) {
      Tensor there = r.add(Tensor.zeros(RehearsalMemory.DEVICE, ElementType.FLOAT, 4, 3));
      there.copyFrom(r.add(Tensor.of(rows, 4, 3)));
      for (SamplingOptions sampling :
          List.of(
              SamplingOptions.greedy(1),
              SamplingOptions.builder()
                  .temperature(0.8)
                  .topK(2)
                  .topP(0.9)
                  .maxNewTokens(1)
                  .build())) {
        DeviceLogitsSampler draw = r.add(new DeviceLogitsSampler(there, sampling, 1));
        draw.run(new int[] {0}, new long[1]);
        for (int bad = 1; bad < 4; bad++) {
          int[] chosen = {0, bad};
          BadLogitsException e =
              assertThrows(BadLogitsException.class, () -> draw.run(chosen, new long[2]));
          assertEquals(1, e.index());
          String wanted = bad < 3 ? "token id 1 is" : "all 3 token ids";
          assertTrue(String.valueOf(e.getMessage()).contains(wanted), e::getMessage);
        }
      }
    }
  }
}
