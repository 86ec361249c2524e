package org.riselm.examples.lab.gpu;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * A model of random numbers with adapters, its base in bfloat16. All of its matrices are views of
 * one block, so that a large one takes little memory and is there in seconds.
 */
final class RandomModel {
  private static final int TILE = 1 << 20;

  private RandomModel() {}

  /** The model; {@code owner} closes it. */
  static ModelTensors of(DecoderConfig config, int rank, ElementType base, Resources owner) {
    ParameterLayout layout = ParameterLayout.lora(config, Lora.rank(rank), p -> base);
    long largest = Parameter.of(config).stream().mapToLong(Parameter::elements).max().orElseThrow();
    double spread = Math.sqrt(3.0 / config.hiddenSize());
    Tensor numbers = owner.add(Tensor.zeros(base, largest));
    fill(numbers, spread);
    Tensor ones = owner.add(Tensor.zeros(base, config.hiddenSize()));
    put(ones, 1);
    Map<String, Tensor> frozen = new HashMap<>();
    layout
        .frozen()
        .keySet()
        .forEach(
            p -> {
              Tensor source = p.shape().size() == 1 ? ones : numbers;
              frozen.put(p.name(), owner.add(source.slice(0, p.sizes())));
            });
    ParameterBlock adapters = owner.add(ParameterBlock.zeros(layout.trained()));
    adapters.randomizeAdapters(1);
    return new ModelTensors(layout, adapters, frozen);
  }

  private static void fill(Tensor block, double spread) {
    SplittableRandom random = new SplittableRandom(7);
    long tile = Math.min(TILE, block.elements());
    try (Tensor first = block.slice(0, tile)) {
      var bytes = first.bytes();
      while (bytes.hasRemaining()) {
        put(bytes, block.type(), (float) ((2 * random.nextDouble() - 1) * spread));
      }
      for (long at = tile; at < block.elements(); at += tile) {
        long length = Math.min(tile, block.elements() - at);
        try (Tensor from = block.slice(0, length);
            Tensor to = block.slice(at, length)) {
          to.copyFrom(from);
        }
      }
    }
  }

  private static void put(Tensor tensor, float value) {
    var bytes = tensor.bytes();
    while (bytes.hasRemaining()) {
      put(bytes, tensor.type(), value);
    }
  }

  private static void put(java.nio.ByteBuffer bytes, ElementType type, float value) {
    if (type == ElementType.BFLOAT16) {
      bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
    } else {
      bytes.putFloat(value);
    }
  }
}
