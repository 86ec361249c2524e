package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.ResidentMemory;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** A step that recomputes finds the same gradients, in less memory. */
class RecomputationTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 1);

  private static DecoderConfig config(int layers) {
    return DecoderConfig.builder(50)
        .hiddenSize(64)
        .layers(layers)
        .heads(4)
        .keyValueHeads(2)
        .feedForwardSize(160)
        .contextLength(1024)
        .build();
  }

  enum Trained {
    ALL,
    ADAPTERS,
    ADAPTERS_WITH_DROPOUT;

    ParameterLayout layout(DecoderConfig config) {
      Lora lora = Lora.rank(4);
      return switch (this) {
        case ALL -> ParameterLayout.full(config);
        case ADAPTERS -> ParameterLayout.lora(config, lora, p -> ElementType.FLOAT);
        case ADAPTERS_WITH_DROPOUT ->
            ParameterLayout.lora(
                config,
                lora.toBuilder().dropout(0.2).build(),
                p -> p.isMatrix() ? ElementType.BFLOAT16 : ElementType.FLOAT);
      };
    }
  }

  private static ModelTensors model(ParameterLayout layout, Resources r) {
    ParameterBlock weights = r.add(ParameterBlock.zeros(layout.trained()));
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < weights.block().elements(); i++) {
      weights.block().floats().put(i, (float) random.nextGaussian() * 0.2f);
    }
    Map<String, Tensor> frozen = new HashMap<>();
    layout
        .frozen()
        .forEach(
            (p, type) -> {
              Tensor t = r.add(Tensor.zeros(type, p.sizes()));
              if (type == ElementType.BFLOAT16) {
                ByteBuffer bytes = t.bytes();
                while (bytes.hasRemaining()) {
                  int bits = Float.floatToRawIntBits((float) random.nextGaussian() * 0.2f);
                  bytes.putShort((short) (bits >>> 16));
                }
              } else {
                for (int i = 0; i < t.elements(); i++) {
                  t.floats().put(i, (float) random.nextGaussian() * 0.2f);
                }
              }
              frozen.put(p.name(), t);
            });
    return new ModelTensors(layout, weights, frozen);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreThoseWithoutIt(Trained trained) {
    try (Resources r = new Resources()) {
      ModelTensors model = model(trained.layout(config(3)), r);
      MicroBatch batch = DecoderGradientTest.batch(config(3), 3, 21, 1);
      GraphStepExecutor keeps = r.add(new GraphStepExecutor(model, ADAMW, 2, 7));
      GraphStepExecutor recomputes =
          r.add(new GraphStepExecutor(model.recomputing(true), ADAMW, 2, 7));
      // Twice, for dropout draws anew in every run.
      for (int i = 0; i < 2; i++) {
        double loss = keeps.accumulate(batch);
        assertEquals(loss, recomputes.accumulate(batch));
        float[] expected = keeps.gradients().block().toFloats();
        assertTrue(norm(expected) > 0.01, "the gradients are 0");
        assertArrayEquals(expected, recomputes.gradients().block().toFloats());
        keeps.discard();
        recomputes.discard();
      }
    }
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float v : values) {
      squares += (double) v * v;
    }
    return Math.sqrt(squares);
  }

  @Test
  void memoryGrowsWithTheRootOfTheLayersAtMost() {
    long few =
        TrainingGraph.activationBytes(
            ParameterLayout.full(config(4)).recomputing(true), 2, 256, 128);
    long many =
        TrainingGraph.activationBytes(
            ParameterLayout.full(config(16)).recomputing(true), 2, 256, 128);
    assertTrue(many <= 2 * few, few + " bytes at 4 layers, " + many + " at 16");
    long kept = TrainingGraph.activationBytes(ParameterLayout.full(config(16)), 2, 256, 128);
    assertTrue(many * 4 < kept, many + " bytes with, " + kept + " without");
  }

  @Test
  void onnxRuntimeLetsGoOfWhatIsRecomputed() throws IOException {
    ParameterLayout layout = ParameterLayout.full(config(8));
    long kept = TrainingGraph.activationBytes(layout, 8, 256, 1016);
    try (Resources r = new Resources()) {
      ModelTensors model = model(layout.recomputing(true), r);
      MicroBatch batch = DecoderGradientTest.batch(config(8), 8, 256, 1);
      GraphStepExecutor executor = r.add(new GraphStepExecutor(model, ADAMW, 2));
      long grown = ResidentMemory.grownBy(() -> executor.accumulate(batch));
      assertTrue(grown < kept / 2, grown + " bytes measured, " + kept + " predicted without");
    }
  }
}
