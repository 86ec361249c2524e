package org.riselm.onnx.internal.generate;

import com.google.common.primitives.ImmutableIntArray;
import java.nio.FloatBuffer;
import java.util.Random;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.model.DecoderConfig;

/** A small decoder with random weights, large enough that every token sees every earlier one. */
final class TestDecoder implements AutoCloseable {
  final DecoderConfig config;
  final ParameterBlock weights;
  final byte[] model;

  TestDecoder(DecoderConfig config) {
    this(config, 3);
  }

  TestDecoder(DecoderConfig config, float factor) {
    this.config = config;
    this.weights = ParameterBlock.random(config, 11);
    this.model = DecoderGraphs.sampling(ParameterLayout.full(config)).toModel();
    Random random = new Random(12);
    for (Parameter p : weights.parameters()) {
      // A fresh model's biases are zeros.
      if (p.name().endsWith(".bias")) {
        FloatBuffer bias = weights.tensor(p.name()).floats();
        for (int i = 0; i < bias.capacity(); i++) {
          bias.put(i, random.nextFloat() / 4);
        }
      }
    }
    // A fresh model's logits hardly differ, and its attention hardly chooses.
    FloatBuffer values = weights.block().floats();
    for (int i = 0; i < values.capacity(); i++) {
      values.put(i, factor * values.get(i));
    }
  }

  static TestDecoder of(int vocabulary, int contextLength, int keyValueHeads) {
    return of(vocabulary, contextLength, keyValueHeads, 3);
  }

  /** One whose rounding errors are smaller: its weights are not a fresh model's times 3. */
  static TestDecoder of(int vocabulary, int contextLength, int keyValueHeads, float factor) {
    return new TestDecoder(config(vocabulary, contextLength, keyValueHeads).build(), factor);
  }

  static DecoderConfig.Builder config(int vocabulary, int contextLength, int keyValueHeads) {
    return DecoderConfig.builder(vocabulary)
        .hiddenSize(64)
        .layers(2)
        .heads(4)
        .keyValueHeads(keyValueHeads)
        .feedForwardSize(96)
        .contextLength(contextLength);
  }

  SessionSettings settings(int threads) {
    return new SessionSettings(threads, weights.tensors());
  }

  Generator generator(int threads, int maxBatch, int... stopTokens) {
    return Generator.load(
        ParameterLayout.full(config),
        settings(threads),
        new GeneratorLimits(
            config.contextLength(), ImmutableIntArray.copyOf(stopTokens), maxBatch));
  }

  Generator generatorWithPrefixes(int maxBatch, long prefixBytes) {
    return generatorWithPrefixes(1, maxBatch, prefixBytes);
  }

  Generator generatorWithPrefixes(int threads, int maxBatch, long prefixBytes) {
    return Generator.load(
        ParameterLayout.full(config),
        settings(threads),
        new GeneratorLimits(config.contextLength(), ImmutableIntArray.of(), maxBatch, prefixBytes));
  }

  @Override
  public void close() {
    weights.close();
  }
}
