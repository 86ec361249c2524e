package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.policy.SamplingOptions;

class TokenSamplerTest {
  /** Rows with ties, masked tokens and large spreads. */
  @Provide
  Arbitrary<float[]> logits() {
    Arbitrary<Float> spread = Arbitraries.floats().between(-300, 300);
    Arbitrary<Float> close = Arbitraries.floats().between(-3, 3).ofScale(2);
    Arbitrary<Float> ties = Arbitraries.of(-1f, -0f, 0f, 1f, 2f);
    Arbitrary<Float> masked =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, close),
            net.jqwik.api.Tuple.of(1, Arbitraries.just(Float.NEGATIVE_INFINITY)));
    return Arbitraries.oneOf(
            List.of(
                spread.array(float[].class).ofMinSize(1).ofMaxSize(60),
                close.array(float[].class).ofMinSize(1).ofMaxSize(60),
                ties.array(float[].class).ofMinSize(1).ofMaxSize(60),
                masked.array(float[].class).ofMinSize(1).ofMaxSize(60)))
        .filter(row -> max(row) > Float.NEGATIVE_INFINITY);
  }

  @Property
  void greedyTakesTheFirstOfTheLargest(@ForAll("logits") float[] row) {
    int token = sample(row, SamplingOptions.greedy(1), 0);
    assertEquals(sortedIds(row).get(0), token);
  }

  @Property
  void agreesWithSortingEverything(
      @ForAll("logits") float[] row,
      @ForAll @DoubleRange(min = 0.05, max = 5) double temperature,
      @ForAll @IntRange(min = 0, max = 70) int topK,
      @ForAll @DoubleRange(min = 0.01, max = 1) double topP,
      @ForAll long draw) {
    SamplingOptions sampling =
        SamplingOptions.builder()
            .temperature(temperature)
            .topK(topK)
            .topP(topP)
            .maxNewTokens(1)
            .build();
    double[] p = truncated(row, sampling);
    long seed = Seeds.derive(draw);
    double u = LogitsSampler.uniform(seed);
    int expected = -1;
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      // Where the draw or the cut falls within rounding of a boundary, both sides are right.
      Assume.that(Math.abs(sum + p[i] - u) > 1e-9);
      sum += p[i];
      if (expected < 0 && sum > u) {
        expected = i;
      }
    }
    assertEquals(expected, sample(row, sampling, seed));
  }

  @Property
  void logProbabilityIsOfTheWholeDistributionAtTemperatureOne(
      @ForAll("logits") float[] row, @ForAll @IntRange(min = 0, max = 5) int topK) {
    SamplingOptions silent =
        SamplingOptions.builder().temperature(0.3).topK(topK).topP(0.7).maxNewTokens(1).build();
    TokenSampler sampler =
        new TokenSampler(row.length, silent.toBuilder().logProbabilities(true).build());
    int token = sampler.sample(FloatBuffer.wrap(row), 0, 99);
    assertEquals(sample(row, silent, 99), token);
    double sum = IntStream.range(0, row.length).mapToDouble(i -> Math.exp(row[i] - 500.0)).sum();
    double expected = row[token] - 500.0 - Math.log(sum);
    // exp(-800) underflows for the widest rows; there, only tokens that count can be checked.
    Assume.that(row[token] > -200);
    assertEquals(expected, sampler.logProbability(), 1e-9);
  }

  @Property(tries = 100)
  void whatIsKeptDoesNotDependOnTheOrderOfIds(
      @ForAll @IntRange(min = 1, max = 300) int size,
      @ForAll @IntRange(min = 0, max = 40) int topK,
      @ForAll @DoubleRange(min = 0.1, max = 0.95) double topP,
      @ForAll Random random) {
    float[] row = new float[size];
    for (int i = 0; i < size; i++) {
      row[i] = (float) (4 * random.nextGaussian()); // no ties, almost surely
    }
    int[] order = IntStream.range(0, size).toArray();
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int t = order[i];
      order[i] = order[j];
      order[j] = t;
    }
    float[] permuted = new float[size];
    for (int i = 0; i < size; i++) {
      permuted[i] = row[order[i]];
    }
    SamplingOptions sampling =
        SamplingOptions.builder().temperature(0.8).topK(topK).topP(topP).maxNewTokens(1).build();
    boolean[] kept = drawn(row, sampling);
    boolean[] keptPermuted = drawn(permuted, sampling);
    double[] p = truncated(row, sampling);
    for (int i = 0; i < size; i++) {
      if (p[order[i]] > 0.01) {
        assertTrue(kept[order[i]] && keptPermuted[i], "a likely token is drawn at times");
      }
      if (p[order[i]] == 0) {
        assertTrue(!kept[order[i]] && !keptPermuted[i], "a token past the cut is never drawn");
      }
    }
  }

  @Example
  void frequenciesFollowTheProbabilities() {
    float[] row = {1.5f, -0.5f, 0.25f, 0.25f, -8, 2, 1, Float.NEGATIVE_INFINITY, 0, 1.25f};
    for (SamplingOptions sampling :
        List.of(
            SamplingOptions.ofMaxNewTokens(1),
            SamplingOptions.builder().temperature(0.7).maxNewTokens(1).build(),
            SamplingOptions.builder().temperature(1.3).topK(4).maxNewTokens(1).build(),
            SamplingOptions.builder().topP(0.8).maxNewTokens(1).build(),
            SamplingOptions.builder().temperature(1.5).topK(6).topP(0.9).maxNewTokens(1).build())) {
      double[] p = truncated(row, sampling);
      int draws = 100_000;
      int[] counts = new int[row.length];
      TokenSampler sampler = new TokenSampler(row.length, sampling);
      for (int i = 0; i < draws; i++) {
        counts[sampler.sample(FloatBuffer.wrap(row), 0, Seeds.derive(2024, i))]++;
      }
      double chiSquare = 0;
      for (int i = 0; i < p.length; i++) {
        if (p[i] == 0) {
          assertEquals(0, counts[i], "token " + i + " is cut by " + sampling);
        } else {
          chiSquare += Math.pow(counts[i] - p[i] * draws, 2) / (p[i] * draws);
        }
      }
      // The 99.9th percentile of the chi-square distribution with 8 degrees of freedom, the most
      // that these rows have.
      assertTrue(chiSquare < 26.12, sampling + ": " + chiSquare);
    }
  }

  @Example
  void cutsALargeVocabularyWhereSortingWould() {
    Random random = new Random(5);
    float[] row = new float[50_000];
    for (int i = 0; i < row.length; i++) {
      row[i] = Math.round(800 * random.nextGaussian()) / 100f; // with ties
    }
    List<Integer> sorted = sortedIds(row);
    Truncation truncation = new Truncation();
    double[] ones = new double[row.length];
    Arrays.fill(ones, 1);
    for (int k : new int[] {1, 2, 10, 50, 1000, 49_999, 50_000}) {
      int id = sorted.get(k - 1);
      assertEquals(
          Truncation.key(row[id], id),
          truncation.cut(row, ones, max(row), 1, Truncation.ALL, k),
          "top " + k);
      assertEquals(
          Truncation.key(row[id], id),
          truncation.cut(row, ones, max(row), 1e6, Truncation.ALL, k),
          "top " + k + " where nearly all falls into the last bucket");
    }
  }

  @Example
  void takesTheRowAtTheOffset() {
    FloatBuffer rows = FloatBuffer.wrap(new float[] {9, 0, 0, 0, 9, 0, 0, 0, 9});
    TokenSampler sampler = new TokenSampler(3, SamplingOptions.greedy(1));
    assertEquals(0, sampler.sample(rows, 0, 0));
    assertEquals(1, sampler.sample(rows, 3, 0));
    assertEquals(2, sampler.sample(rows, 6, 0));
  }

  @Example
  void refusesLogitsThatAreNoNumbers() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      ArithmeticException e =
          assertThrows(
              ArithmeticException.class,
              () -> sample(new float[] {0, 1, bad, 3}, SamplingOptions.greedy(1), 0));
      assertTrue(e.getMessage().contains("token id 2 is " + bad), e.getMessage());
    }
    float none = Float.NEGATIVE_INFINITY;
    ArithmeticException e =
        assertThrows(
            ArithmeticException.class,
            () -> sample(new float[] {none, none}, SamplingOptions.ofMaxNewTokens(1), 0));
    assertTrue(e.getMessage().contains("all 2 token ids"), e.getMessage());
  }

  private static int sample(float[] row, SamplingOptions sampling, long seed) {
    return new TokenSampler(row.length, sampling).sample(FloatBuffer.wrap(row), 0, seed);
  }

  private static boolean[] drawn(float[] row, SamplingOptions sampling) {
    boolean[] drawn = new boolean[row.length];
    TokenSampler sampler = new TokenSampler(row.length, sampling);
    for (long i = 0; i < 512; i++) {
      // Evenly spread over [0, 1).
      drawn[sampler.sample(FloatBuffer.wrap(row), 0, i << 55)] = true;
    }
    return drawn;
  }

  private static float max(float[] row) {
    float max = Float.NEGATIVE_INFINITY;
    for (float x : row) {
      max = Math.max(max, x);
    }
    return max;
  }

  private static List<Integer> sortedIds(float[] row) {
    return IntStream.range(0, row.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -(row[i] + 0f)).thenComparingInt(i -> i))
        .toList();
  }

  /** The brute-force oracle: sort everything, keep a prefix, renormalize. */
  private static double[] truncated(float[] row, SamplingOptions sampling) {
    double[] w = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      w[i] = Math.exp((row[i] - (double) max(row)) / sampling.temperature());
    }
    List<Integer> order = sortedIds(row);
    int k = sampling.topK() == 0 ? row.length : Math.min(sampling.topK(), row.length);
    double total = order.stream().limit(k).mapToDouble(i -> w[i]).sum();
    double above = 0;
    double kept = 0;
    double[] p = new double[row.length];
    for (int rank = 0; rank < k; rank++) {
      int i = order.get(rank);
      Assume.that(sampling.topP() == 1 || Math.abs(above / total - sampling.topP()) > 1e-9);
      if (rank == 0 || above / total < sampling.topP() || sampling.topP() == 1) {
        p[i] = w[i];
        kept += w[i];
      }
      above += w[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= kept;
    }
    return p;
  }
}
