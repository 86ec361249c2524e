package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.internal.util.Workers;

class HostLogitsSamplerTest {
  private static final int ROWS = 9;
  private static final int VOCABULARY = 30_000;
  private static final int[] ALL = {0, 1, 8, 3, 5, 5, 6, 7, 8};

  private static float[] logits() {
    Random random = new Random(4);
    float[] logits = new float[ROWS * VOCABULARY];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (3 * random.nextGaussian());
    }
    return logits;
  }

  private static long[] seeds() {
    long[] seeds = new long[ALL.length];
    Arrays.setAll(seeds, i -> Seeds.derive(7, i));
    return seeds;
  }

  private static LogitsSampler draw(Resources r, float[] logits, int threads) {
    Tensor rows = r.add(Tensor.of(logits, ROWS, VOCABULARY));
    Workers workers = r.add(new Workers("drawing-test", threads));
    return new HostLogitsSampler(
        rows,
        SamplingOptions.builder()
            .temperature(0.8)
            .topP(0.95)
            .maxNewTokens(1)
            .logProbabilities(true)
            .build(),
        workers);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 16})
  void severalThreadsDrawWhatOneDoes(int threads) {
    try (Resources r = new Resources()) {
      LogitsSampler one = draw(r, logits(), 1);
      LogitsSampler several = draw(r, logits(), threads);
      one.run(ALL, seeds());
      several.run(ALL, seeds());
      assertTrue(
          Thread.getAllStackTraces().keySet().stream()
              .anyMatch(t -> t.getName().startsWith("drawing-test")),
          "no thread was there to help");
      for (int i = 0; i < ALL.length; i++) {
        assertEquals(one.token(i), several.token(i));
        assertEquals(one.logProbability(i), several.logProbability(i));
      }
    }
  }

  @Test
  void theFirstBadRowIsNamedWhoeverFindsIt() {
    float[] logits = logits();
    logits[3 * VOCABULARY + 11] = Float.NaN;
    logits[5 * VOCABULARY + 12] = Float.NaN;
    try (Resources r = new Resources()) {
      LogitsSampler draw = draw(r, logits, 3);
      for (int run = 0; run < 5; run++) {
        BadLogitsException e = assertThrows(BadLogitsException.class, () -> draw.run(ALL, seeds()));
        assertEquals(3, e.index());
        assertEquals("the logit of token id 11 is NaN", e.getMessage());
      }
      draw.run(new int[] {0, 1, 2, 4, 6, 7, 8}, seeds());
    }
  }
}
