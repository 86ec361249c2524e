package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;

class BatchPlannerTest {
  private static TrainingRequest request(TrainingOptions training) {
    return TrainingRequest.of(training, 1e-5);
  }

  @Property
  void aPassTakesEveryExampleOnce(
      @ForAll @IntRange(min = 1, max = 40) int count,
      @ForAll @IntRange(min = 1, max = 12) int batchSize,
      @ForAll long seed) {
    List<EncodedExample> examples = StepExecutorContract.examples(count, 4);
    TrainingRequest training =
        request(TrainingOptions.builder().epochs(1).batchSize(batchSize).build()).withSeed(seed);
    BatchPlanner batches = new BatchPlanner(examples, training, 64);
    int total = training.options().stepsFor(count);
    List<EncodedExample> taken = new ArrayList<>();
    for (int step = 1; step <= total; step++) {
      taken.addAll(batches.step(step, total));
    }
    assertEquals(counts(examples), counts(taken));
  }

  private static Map<EncodedExample, Integer> counts(List<EncodedExample> examples) {
    Map<EncodedExample, Integer> counts = new HashMap<>();
    examples.forEach(e -> counts.merge(e, 1, Integer::sum));
    return counts;
  }

  @Property
  void microBatchesHoldEveryTargetAndKeepTheLimit(
      @ForAll @IntRange(min = 1, max = 30) int count,
      @ForAll @IntRange(min = 1, max = 60) int limit) {
    List<EncodedExample> examples = StepExecutorContract.examples(count, 5);
    BatchPlanner batches = new BatchPlanner(examples, request(TrainingOptions.ofDefaults()), limit);
    List<MicroBatch> micro = batches.split(examples, 1);
    int targets = examples.stream().mapToInt(e -> e.target().length()).sum();
    assertEquals(targets, micro.stream().mapToInt(MicroBatch::targets).sum());
    double weight = 0;
    int longest = examples.stream().mapToInt(EncodedExample::inputTokens).max().orElseThrow();
    for (MicroBatch m : micro) {
      assertTrue(m.paddedTokens() <= Math.max(limit, longest));
      for (int i = 0; i < m.targets(); i++) {
        weight += m.targetWeight(i);
      }
    }
    assertEquals(1, weight, 1e-4);
  }

  @Property
  void noOtherCutOfTheSortedLengthsCostsLess(
      @ForAll @Size(min = 1, max = 9) List<@IntRange(min = 1, max = 900) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 4000) int limit) {
    int[] given = lengths.stream().mapToInt(Integer::intValue).toArray();
    long cost = 0;
    List<Integer> places = new ArrayList<>();
    for (List<Integer> group : LengthBuckets.of(given, limit)) {
      long longest = group.stream().mapToInt(i -> given[i]).max().orElseThrow();
      assertTrue(group.size() == 1 || group.size() * longest <= limit);
      cost += group.size() * longest + LengthBuckets.RUN;
      places.addAll(group);
    }
    Collections.sort(places);
    assertEquals(IntStream.range(0, given.length).boxed().toList(), places);
    int[] sorted = given.clone();
    Arrays.sort(sorted);
    assertEquals(leastCost(sorted, limit), cost);
  }

  // Every set bit cuts behind a sequence.
  private static long leastCost(int[] sorted, int limit) {
    long least = Long.MAX_VALUE;
    for (int cuts = 0; cuts < 1 << (sorted.length - 1); cuts++) {
      long cost = 0;
      int from = 0;
      for (int i = 0; i < sorted.length; i++) {
        if (i == sorted.length - 1 || ((cuts >> i) & 1) != 0) {
          long tokens = (long) (i + 1 - from) * sorted[i];
          boolean allowed = i == from || tokens <= limit;
          cost = allowed && cost >= 0 ? cost + tokens + LengthBuckets.RUN : -1;
          from = i + 1;
        }
      }
      least = cost < 0 ? least : Math.min(least, cost);
    }
    return least;
  }

  @Test
  void targetsFollowTheirPositions() {
    MicroBatch m =
        BatchPlanner.pack(
            List.of(
                EncodedExample.of(new int[] {7, 8}, new int[] {9, 10, 11}, 2),
                EncodedExample.of(new int[] {3}, new int[] {4}, 1)),
            0.5);
    assertEquals(
        "rows 2, columns 4, ids [7, 8, 9, 10, 3, 0, 0, 0], "
            + "positions [1, 2, 3, 4], targets [9, 10, 11, 4], weights [1.0, 1.0, 1.0, 0.5]",
        m.toString());
  }

  @Test
  void axesOfDifferentLengthsAreRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new MicroBatch(1, 2, new long[2], new long[1], new long[2], new float[] {1, 1}))
            .getMessage();
    assertTrue(message.contains("1 target positions") && message.contains("2 target ids"), message);
    assertThrows(
        IllegalArgumentException.class,
        () -> new MicroBatch(1, 2, new long[2], new long[] {2}, new long[1], new float[1]));
  }

  @Property
  void ratesRiseThenFallToTheirShare(
      @ForAll @IntRange(min = 0, max = 20) int warmup,
      @ForAll @IntRange(min = 1, max = 100) int after,
      @ForAll TrainingOptions.Schedule schedule) {
    TrainingOptions training =
        TrainingOptions.builder()
            .learningRate(0.5)
            .schedule(schedule)
            .warmupSteps(warmup)
            .minLearningRateRatio(0.1)
            .build();
    int total = warmup + after;
    double before = 0;
    for (int step = 1; step <= total; step++) {
      double rate = LearningRates.at(request(training), step, total);
      assertTrue(rate > 0 && rate <= 0.5 + 1e-12);
      assertTrue(step <= warmup ? rate > before : step == warmup + 1 || rate <= before);
      before = rate;
    }
    double last = LearningRates.at(request(training), total, total);
    assertEquals(schedule == TrainingOptions.Schedule.CONSTANT ? 0.5 : 0.05, last, 1e-12);
    if (warmup > 0) {
      assertEquals(0.5, LearningRates.at(request(training), warmup, total), 1e-12);
    }
  }

  @Test
  void halfWayACosineIsHalfWayDown() {
    TrainingOptions training = TrainingOptions.builder().learningRate(1).warmupSteps(10).build();
    assertEquals(0.5, LearningRates.at(request(training), 60, 110), 1e-12);
  }
}
