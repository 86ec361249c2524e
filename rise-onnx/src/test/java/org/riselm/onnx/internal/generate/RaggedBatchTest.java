package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.RotaryAngles;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * What the generator takes for granted of ONNX Runtime's attention with a shared cache: rows of
 * different length in one batch do not see each other, the padding, or what an earlier run left in
 * the cache.
 */
class RaggedBatchTest {
  private static final int LAYERS = 2;
  private static final int HEAD_SIZE = 16;
  private static final int VOCABULARY = 40;
  private static final int CAPACITY = 32;
  private static final int STEPS = 5;

  @ParameterizedTest(name = "{0} key-value heads, {1} threads")
  @CsvSource({"4, 1", "2, 1", "1, 1", "4, 2", "2, 2"})
  void rowsOfABatchEqualRowsAlone(int kvHeads, int threads) {
    int[][] rows = {ids(11, 1), ids(3, 2), ids(7, 3), ids(1, 4), ids(11, 5)};
    try (TestDecoder decoder = TestDecoder.of(VOCABULARY, CAPACITY, kvHeads);
        OnnxSession session = OnnxSession.load(decoder.model, decoder.settings(threads))) {
      List<float[][]> together = run(session, kvHeads, rows);
      for (int r = 0; r < rows.length; r++) {
        List<float[][]> alone = run(session, kvHeads, rows[r]);
        for (int step = 0; step <= STEPS; step++) {
          assertArrayEquals(
              alone.get(step)[0], together.get(step)[r], 1e-5f, "row " + r + ", step " + step);
        }
      }
    }
  }

  // Logits [step][row][token] of a prefill and STEPS decoding steps over rows of any length, in a
  // cache that starts full of NaN.
  private static List<float[][]> run(OnnxSession session, int kvHeads, int[]... rows) {
    int batch = rows.length;
    int longest = Arrays.stream(rows).mapToInt(r -> r.length).max().orElseThrow();
    List<float[][]> result = new ArrayList<>();
    try (Resources resources = new Resources()) {
      List<Tensor> caches = new ArrayList<>();
      for (int i = 0; i < 2 * LAYERS; i++) {
        Tensor c =
            resources.add(Tensor.zeros(ElementType.FLOAT, batch, kvHeads, CAPACITY, HEAD_SIZE));
        FloatBuffer f = c.floats();
        while (f.hasRemaining()) {
          f.put(Float.NaN);
        }
        caches.add(c);
      }
      long[] padded = new long[batch * longest];
      Arrays.fill(padded, VOCABULARY - 1);
      for (int r = 0; r < batch; r++) {
        for (int t = 0; t < rows[r].length; t++) {
          padded[r * longest + t] = rows[r][t];
        }
      }
      int[] lengths = Arrays.stream(rows).mapToInt(r -> r.length).toArray();
      result.add(step(session, caches, padded, longest, lengths));
      for (int s = 0; s < STEPS; s++) {
        long[] next = new long[batch];
        for (int r = 0; r < batch; r++) {
          next[r] = (rows[r][0] + 13L * s) % VOCABULARY;
          lengths[r]++;
        }
        result.add(step(session, caches, next, 1, lengths));
      }
    }
    return result;
  }

  private static RotaryBuffers rotary() {
    RotaryAngles angles = RotaryAngles.of(TestDecoder.config(VOCABULARY, CAPACITY, 1).build());
    return new RotaryBuffers(angles, Device.CPU, ElementType.FLOAT);
  }

  private static float[][] step(
      OnnxSession session, List<Tensor> caches, long[] ids, int sequence, int[] lengths) {
    int batch = lengths.length;
    int[] before = Arrays.stream(lengths).map(n -> n - 1).toArray();
    long[] last = new long[batch];
    for (int r = 0; r < batch; r++) {
      last[r] = (long) r * sequence + (sequence == 1 ? 0 : lengths[r] - 1);
    }
    int total = Arrays.stream(lengths).max().orElseThrow();
    try (Tensor idTensor = Tensor.of(ids, batch, sequence);
        Tensor seqlens = Tensor.of(before, batch);
        Tensor totalTensor = Tensor.of(new int[] {total});
        Tensor lastIndex = Tensor.of(last, batch);
        Tensor logits = Tensor.zeros(ElementType.FLOAT, batch, VOCABULARY);
        RotaryBuffers rotary = rotary();
        Binding binding = session.bind()) {
      rotary.reserve(CAPACITY);
      binding
          .input("rotary_cos", rotary.cos())
          .input("rotary_sin", rotary.sin())
          .input("input_ids", idTensor)
          .input("seqlens_k", seqlens)
          .input("total_sequence_length", totalTensor)
          .input("last_index", lastIndex)
          .output("logits", logits);
      for (int i = 0; i < caches.size(); i++) {
        String name = (i % 2 == 0 ? "key_" : "value_") + i / 2;
        binding.input("past_" + name, caches.get(i)).output("present_" + name, caches.get(i));
      }
      binding.run();
      float[][] out = new float[batch][VOCABULARY];
      for (int r = 0; r < batch; r++) {
        logits.floats().get(r * VOCABULARY, out[r]);
      }
      return out;
    }
  }

  private static int[] ids(int length, int seed) {
    return new java.util.Random(seed).ints(length, 0, VOCABULARY).toArray();
  }
}
