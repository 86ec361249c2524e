package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** Sequences that share a micro-batch do not know of each other, nor of padding. */
class PackingTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 1);
  private static final int COLUMNS = 12;

  /** A sequence of a length, with targets behind the tokens at {@code places}. */
  private record Sequence(int length, List<Integer> places) {
    private Targets targets(int row, int columns) {
      SplittableRandom random = new SplittableRandom(row);
      Targets t = new Targets();
      for (int place : places) {
        t.positions.add((long) row * columns + place);
        t.ids.add((long) random.nextInt(11));
        t.weights.add((float) random.nextDouble());
      }
      return t;
    }

    private long[] ids(int row) {
      return new SplittableRandom(100 + row).longs(length, 0, 11).toArray();
    }
  }

  private static final class Targets {
    private final List<Long> positions = new ArrayList<>();
    private final List<Long> ids = new ArrayList<>();
    private final List<Float> weights = new ArrayList<>();

    private MicroBatch with(int rows, int columns, long[] inputs) {
      float[] w = new float[weights.size()];
      for (int i = 0; i < w.length; i++) {
        w[i] = weights.get(i);
      }
      return new MicroBatch(rows, columns, inputs, longs(positions), longs(ids), w);
    }

    private static long[] longs(List<Long> values) {
      return values.stream().mapToLong(Long::longValue).toArray();
    }
  }

  // Full, short, of one token, with tokens behind its last target, and without any target.
  private static final List<Sequence> RAGGED =
      List.of(
          new Sequence(5, List.of()),
          new Sequence(COLUMNS, List.of(3, 4, 11)),
          new Sequence(1, List.of(0)),
          new Sequence(9, List.of(1, 2)),
          new Sequence(7, List.of()),
          new Sequence(3, List.of(0, 1, 2)));

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aRaggedBatchTeachesWhatItsSequencesTeachAlone(int threads) {
    DecoderConfig config = DecoderGradientTest.config(4, 2, false);
    try (Resources r = new Resources()) {
      ModelTensors model = ModelTensors.full(config, r.add(ParameterBlock.random(config, 3)));
      GraphStepExecutor together = r.add(new GraphStepExecutor(model, ADAMW, threads));
      GraphStepExecutor alone = r.add(new GraphStepExecutor(model, ADAMW, threads));
      double loss = 0;
      List<Float> losses = new ArrayList<>();
      for (int row = 0; row < RAGGED.size(); row++) {
        Sequence s = RAGGED.get(row);
        if (!s.places().isEmpty()) {
          Targets targets = s.targets(row, COLUMNS);
          targets.positions.clear();
          for (int place : s.places()) {
            targets.positions.add((long) place);
          }
          MicroBatch one = targets.with(1, s.length(), s.ids(row));
          loss += alone.accumulate(one);
          for (float l : alone.tokenLosses(one)) {
            losses.add(l);
          }
        }
      }
      MicroBatch batch = ragged(0);
      assertEquals(loss, together.accumulate(batch), 1e-5);
      float[] scored = together.tokenLosses(batch);
      assertEquals(losses.size(), scored.length);
      for (int i = 0; i < scored.length; i++) {
        assertEquals(losses.get(i), scored[i], 1e-5);
      }
      for (Parameter p : model.trained().parameters()) {
        float[] expected = alone.gradients().tensor(p.name()).toFloats();
        assertTrue(largest(expected) > 1e-3, p.name() + " has no gradient");
        assertArrayEquals(
            expected,
            together.gradients().tensor(p.name()).toFloats(),
            1e-5f * Math.max(1, largest(expected)),
            p.name());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10})
  void whatNoTargetDependsOnChangesNoBit(int padding) {
    DecoderConfig config = DecoderGradientTest.config(4, 2, true);
    try (Resources r = new Resources()) {
      ModelTensors model = ModelTensors.full(config, r.add(ParameterBlock.random(config, 3)));
      GraphStepExecutor executor = r.add(new GraphStepExecutor(model, ADAMW, 2));
      double loss = executor.accumulate(ragged(0));
      float[] expected = executor.gradients().block().toFloats();
      executor.discard();
      assertEquals(loss, executor.accumulate(ragged(padding)));
      assertArrayEquals(expected, executor.gradients().block().toFloats());
    }
  }

  /** The sequences, with {@code padding} behind each one's last target. */
  private static MicroBatch ragged(long padding) {
    long[] ids = new long[RAGGED.size() * COLUMNS];
    Arrays.fill(ids, padding);
    Targets all = new Targets();
    for (int row = 0; row < RAGGED.size(); row++) {
      Sequence s = RAGGED.get(row);
      int last = s.places().isEmpty() ? -1 : s.places().get(s.places().size() - 1);
      System.arraycopy(s.ids(row), 0, ids, row * COLUMNS, last + 1);
      Targets targets = s.targets(row, COLUMNS);
      all.positions.addAll(targets.positions);
      all.ids.addAll(targets.ids);
      all.weights.addAll(targets.weights);
    }
    return all.with(RAGGED.size(), COLUMNS, ids);
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }
}
