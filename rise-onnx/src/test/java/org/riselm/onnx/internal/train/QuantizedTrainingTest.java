package org.riselm.onnx.internal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.onnx.Lora;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.decoder.BlockFormat;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.RehearsalMemory;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/** Adapters beside quantized weights learn what they learn beside the same weights in floats. */
class QuantizedTrainingTest {
  private static final AdamW ADAMW = new AdamW(0.9, 0.999, 1e-8, 0, AdamW.Decay.ALL, 1);

  private static DecoderConfig config(boolean tied) {
    // More than one chunk of the head.
    return DecoderConfig.builder(8200)
        .hiddenSize(64)
        .layers(3)
        .heads(4)
        .keyValueHeads(2)
        .feedForwardSize(96)
        .contextLength(64)
        .tiedHead(tied)
        .build();
  }

  /** A matrix in blocks, and the floats that it stands for. */
  private record Quantized(Tensor blocks, Tensor scales, Tensor floats) {
    static Quantized of(Parameter p, Bits bits, SplittableRandom random, Resources r) {
      BlockFormat format = BlockFormat.of(bits);
      float[] numbers = new float[(int) p.elements()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) random.nextGaussian() / 8;
      }
      Tensor blocks = r.add(Tensor.zeros(ElementType.UINT8, format.blocks(p)));
      Tensor scales = r.add(Tensor.zeros(ElementType.FLOAT, format.scaleShape(p)));
      format.quantize(numbers, numbers.length, blocks.bytes(), scales.floats());
      float[] floats = new float[numbers.length];
      for (int i = 0; i < floats.length; i++) {
        int whole =
            bits == Bits.EIGHT
                ? blocks.bytes().get(i) & 255
                : ((blocks.bytes().get(i / 2) & 255) >> (4 * (i % 2))) & 15;
        int half = 1 << (bits.count() - 1);
        floats[i] = (whole - half) * scales.floats().get(i / BlockFormat.SIZE);
        float step = Math.abs(scales.floats().get(i / BlockFormat.SIZE));
        assertEquals(numbers[i], floats[i], 1.001f * step, "rounded by more than a step");
      }
      return new Quantized(blocks, scales, r.add(Tensor.of(floats, p.sizes())));
    }
  }

  @ParameterizedTest
  @CsvSource({"EIGHT, true, false", "EIGHT, false, true", "FOUR, true, true", "FOUR, false, false"})
  void gradientsAreThoseBesideTheDequantizedWeights(Bits bits, boolean tied, boolean recomputes) {
    ParameterLayout wide = ParameterLayout.lora(config(tied), Lora.rank(4), p -> ElementType.FLOAT);
    ParameterLayout layout = wide.quantized(bits);
    try (Resources r = new Resources()) {
      SplittableRandom random = new SplittableRandom(3);
      Map<String, Tensor> inBlocks = new HashMap<>();
      Map<String, Tensor> inFloats = new HashMap<>();
      for (Parameter p : layout.frozen().keySet()) {
        if (p.isMatrix()) {
          Quantized q = Quantized.of(p, bits, random, r);
          inBlocks.put(p.name(), q.blocks());
          inBlocks.put(BlockFormat.scales(p.name()), q.scales());
          inFloats.put(p.name(), q.floats());
        } else {
          float[] ones = new float[(int) p.elements()];
          Arrays.fill(ones, 1.1f);
          Tensor scale = r.add(Tensor.of(ones, p.sizes()));
          inBlocks.put(p.name(), scale);
          inFloats.put(p.name(), scale);
        }
      }
      ParameterBlock adapters = r.add(ParameterBlock.zeros(layout.trained()));
      for (int i = 0; i < adapters.block().elements(); i++) {
        adapters.block().floats().put(i, (float) random.nextGaussian() / 8);
      }
      ModelTensors quantized = new ModelTensors(layout, adapters, inBlocks);
      GraphStepExecutor expected =
          r.add(new GraphStepExecutor(new ModelTensors(wide, adapters, inFloats), ADAMW, 2));
      GraphStepExecutor found =
          r.add(new GraphStepExecutor(quantized.recomputing(recomputes), ADAMW, 2));
      GraphStepExecutor onDevice =
          r.add(
              GraphStepExecutor.on(
                  RehearsalMemory.DEVICE, ElementType.FLOAT, quantized, ADAMW, 2, 0));
      MicroBatch batch = DecoderGradientTest.batch(config(tied), 3, 21, 1);
      double loss = expected.accumulate(batch);
      assertEquals(loss, found.accumulate(batch), 1e-5 * Math.abs(loss));
      assertEquals(loss, onDevice.accumulate(batch), 1e-5 * Math.abs(loss));
      for (Parameter p : layout.trained()) {
        float[] wanted = expected.gradients().tensor(p.name()).toFloats();
        assertAlike(wanted, found.gradients().tensor(p.name()).toFloats(), p.name());
        assertAlike(wanted, onDevice.gradients().tensor(p.name()).toFloats(), p.name());
      }
      assertArrayEquals(expected.tokenLosses(batch), found.tokenLosses(batch), 1e-4f);
    }
  }

  private static void assertAlike(float[] wanted, float[] found, String name) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < wanted.length; i++) {
      difference += Math.pow(wanted[i] - found[i], 2);
      length += Math.pow(wanted[i], 2);
    }
    double relative = Math.sqrt(difference / length);
    assertTrue(length > 0 && relative < 1e-5, () -> name + " differs by " + relative);
  }

  @Property(tries = 200)
  void aBlockIsRoundedToItsStepAtMost(@ForAll long seed, @ForAll Bits bits) {
    Parameter one = new Parameter("m.weight", List.of(3L, 32L));
    try (Resources r = new Resources()) {
      Quantized.of(one, bits, new SplittableRandom(seed), r);
    }
  }

  @ParameterizedTest
  @CsvSource({"EIGHT, 1.15", "FOUR, 0.65"})
  void aNumberTakesSoManyBytes(Bits bits, double most) {
    ParameterLayout layout =
        ParameterLayout.frozen(config(true), p -> ElementType.BFLOAT16).quantized(bits);
    long elements = layout.frozen().keySet().stream().mapToLong(Parameter::elements).sum();
    long bytes = layout.frozen().keySet().stream().mapToLong(layout::bytes).sum();
    assertTrue(bytes <= most * elements, () -> (double) bytes / elements + " bytes a number");
  }
}
