package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.ResidentMemory;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** What a step beside a frozen base of 16 bits takes, as the operating system sees it. */
class LoraMemoryTest {
  private static final DecoderConfig CONFIG =
      DecoderConfig.builder(40_000)
          .hiddenSize(512)
          .layers(4)
          .heads(8)
          .keyValueHeads(2)
          .feedForwardSize(8192)
          .contextLength(64)
          .build();

  @Test
  void noWideCopyOfTheBaseIsMade() throws IOException {
    ParameterLayout layout =
        ParameterLayout.lora(
            CONFIG, Lora.rank(4), p -> p.isMatrix() ? ElementType.BFLOAT16 : ElementType.FLOAT);
    try (Resources r = new Resources()) {
      Map<String, Tensor> frozen = new HashMap<>();
      layout
          .frozen()
          .forEach((p, type) -> frozen.put(p.name(), r.add(Tensor.zeros(type, p.sizes()))));
      long base = frozen.values().stream().mapToLong(t -> t.elements() * t.type().bytes()).sum();
      ParameterBlock adapters = r.add(ParameterBlock.zeros(layout.trained()));
      adapters.randomizeAdapters(1);
      // Zeros are not resident before they are read.
      frozen.values().forEach(Tensor::zero);
      MicroBatch batch = DecoderGradientTest.batch(CONFIG, 1, 64, 1);
      long predicted =
          4 * Float.BYTES * adapters.elements()
              + TrainingGraph.activationBytes(layout, 1, 64, batch.targets());
      AdamW adamw = new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 1);
      GraphStepExecutor executor =
          r.add(new GraphStepExecutor(new ModelTensors(layout, adapters, frozen), adamw, 2));
      long grown =
          ResidentMemory.grownBy(
              () -> {
                executor.accumulate(batch);
                executor.step(1e-3);
              });
      // The heap of other tests may grow meanwhile; a copy in 32 bits would be twice the base.
      assertTrue(
          grown < 1.35 * (base + predicted) - base && grown < base,
          () ->
              "a base of %d MiB, %d MiB predicted beside it, %d MiB measured"
                  .formatted(base >> 20, predicted >> 20, grown >> 20));
    }
  }
}
