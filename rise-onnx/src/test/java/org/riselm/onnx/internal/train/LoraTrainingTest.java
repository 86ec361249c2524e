package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.riselm.core.internal.util.Seeds;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** Adapters beside a frozen base: gradients, what stays as it is, and dropout. */
class LoraTrainingTest {
  private static final DecoderConfig CONFIG = DecoderGradientTest.config(4, 2, true);
  private static final AdamW ADAMW = new AdamW(0.9, 0.999, 1e-4, 0, AdamW.Decay.ALL, 1);
  private static final MicroBatch BATCH = DecoderGradientTest.batch(CONFIG, 3, 7, 1);

  /** A random base in {@code type}, and adapters of which B is random too if {@code moved}. */
  private static ModelTensors model(Resources r, Lora lora, ElementType type, boolean moved) {
    ParameterLayout layout =
        ParameterLayout.lora(CONFIG, lora, p -> p.isMatrix() ? type : ElementType.FLOAT);
    ParameterBlock base = r.add(ParameterBlock.random(CONFIG, 3));
    Map<String, Tensor> frozen = new HashMap<>();
    layout
        .frozen()
        .forEach(
            (p, t) -> {
              float[] values = base.tensor(p.name()).toFloats();
              boolean table = p.name().contains("embed");
              for (int i = 0; i < values.length; i++) {
                values[i] *= table ? 5 : 1;
              }
              frozen.put(p.name(), r.add(in(t, values, p.sizes())));
            });
    ParameterBlock adapters = r.add(ParameterBlock.zeros(layout.trained()));
    adapters.randomizeAdapters(7);
    if (moved) {
      SplittableRandom random = new SplittableRandom(5);
      for (Parameter p : adapters.parameters()) {
        FloatBuffer values = adapters.tensor(p.name()).floats();
        for (int i = 0; i < values.limit(); i++) {
          values.put(i, (float) (random.nextDouble() - 0.5) * 0.4f);
        }
      }
    }
    return new ModelTensors(layout, adapters, frozen);
  }

  private static Tensor in(ElementType type, float[] values, long[] shape) {
    if (type == ElementType.FLOAT) {
      return Tensor.of(values, shape);
    }
    Tensor t = Tensor.zeros(type, shape);
    for (int i = 0; i < values.length; i++) {
      // The upper half of a float is a bfloat16.
      t.bytes().putShort(2 * i, (short) (Float.floatToRawIntBits(values[i]) >>> 16));
    }
    return t;
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"FLOAT", "BFLOAT16"})
  void gradientsAreThoseOfCentralDifferences(ElementType type) {
    long before = NativeMemory.openObjects();
    try (Resources r = new Resources()) {
      ModelTensors model = model(r, Lora.rank(3), type, true);
      GraphStepExecutor executor = r.add(new GraphStepExecutor(model, ADAMW, 2));
      executor.accumulate(BATCH);
      SplittableRandom random = new SplittableRandom(5);
      for (Parameter p : model.trained().parameters()) {
        double difference = 0;
        double size = 0;
        for (int k = 0; k < 12; k++) {
          int i = random.nextInt((int) p.elements());
          FloatBuffer values = model.trained().tensor(p.name()).floats();
          double numeric = DecoderGradientTest.slope(executor, BATCH, values, i, 3e-2f);
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

  @Test
  void freshAdaptersChangeNothing() {
    try (Resources r = new Resources()) {
      ModelTensors model = model(r, Lora.rank(4), ElementType.FLOAT, false);
      ParameterBlock whole = r.add(ParameterBlock.zeros(CONFIG));
      model.frozen().forEach((name, t) -> whole.tensor(name).copyFrom(t));
      Scorer adapted = r.add(new Scorer(model, 1));
      Scorer base = r.add(new Scorer(ModelTensors.full(CONFIG, whole), 1));
      assertArrayEquals(base.tokenLosses(BATCH), adapted.tokenLosses(BATCH), 1e-6f);
    }
  }

  @Test
  void stepsMoveTheAdaptersAndLeaveTheBase() {
    try (Resources r = new Resources()) {
      ModelTensors model = model(r, Lora.rank(4), ElementType.BFLOAT16, false);
      Map<String, byte[]> base = new HashMap<>();
      model.frozen().forEach((name, t) -> base.put(name, bytes(t)));
      GraphStepExecutor executor = r.add(new GraphStepExecutor(model, ADAMW, 1));
      double first = executor.accumulate(BATCH);
      executor.step(1e-2);
      double last = first;
      for (int i = 0; i < 40; i++) {
        last = executor.accumulate(BATCH);
        executor.step(1e-2);
      }
      assertTrue(last < first - 0.5, first + " to " + last);
      model.frozen().forEach((name, t) -> assertArrayEquals(base.get(name), bytes(t), name));
    }
  }

  private static byte[] bytes(Tensor t) {
    byte[] copy = new byte[(int) t.elements() * t.type().bytes()];
    t.bytes().get(copy);
    return copy;
  }

  @Test
  void dropoutActsInTrainingOnly() {
    try (Resources r = new Resources()) {
      ModelTensors model = model(r, Lora.builder(4).dropout(0.5).build(), ElementType.FLOAT, true);
      GraphStepExecutor executor = r.add(new GraphStepExecutor(model, ADAMW, 1));
      assertFalse(
          executor.accumulate(BATCH) == executor.accumulate(BATCH), "two masks, the same loss");
      assertArrayEquals(executor.tokenLosses(BATCH), executor.tokenLosses(BATCH));
      Scorer scorer = r.add(new Scorer(model, 1));
      assertArrayEquals(scorer.tokenLosses(BATCH), executor.tokenLosses(BATCH));
    }
  }

  @Test
  void whatIsDroppedIsTheSeedsAndTheRuns() {
    long[] seeds = {Seeds.derive(1), Seeds.derive(1), Seeds.derive(2), Seeds.derive(1) + 1};
    double[] first = new double[seeds.length];
    double[] second = new double[seeds.length];
    for (int i = 0; i < seeds.length; i++) {
      try (Resources r = new Resources()) {
        ModelTensors model =
            model(r, Lora.builder(4).dropout(0.5).build(), ElementType.FLOAT, true);
        GraphStepExecutor executor = r.add(new GraphStepExecutor(model, ADAMW, 2, seeds[i]));
        first[i] = executor.accumulate(BATCH);
        second[i] = executor.accumulate(BATCH);
      }
    }
    String all = Arrays.toString(first) + Arrays.toString(second);
    assertEquals(first[0], first[1], all);
    assertEquals(second[0], second[1], all);
    assertNotEquals(first[0], first[2], all);
    assertNotEquals(second[0], second[2], all);
    assertEquals(second[0], first[3], all);
  }
}
