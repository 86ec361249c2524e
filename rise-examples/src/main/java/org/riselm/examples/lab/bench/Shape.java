package org.riselm.examples.lab.bench;

import java.util.Locale;
import java.util.Set;
import org.riselm.onnx.model.Bias;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/**
 * A model and a batch to measure.
 *
 * @param name for the output
 * @param config of the model
 * @param rows sequences in a training batch
 * @param columns tokens in each
 */
record Shape(String name, DecoderConfig config, int rows, int columns) {
  static Shape of(String name) {
    return of(name, 256);
  }

  /** A shape whose sequences may be so long. */
  static Shape of(String name, int contextLength) {
    DecoderConfig.Builder config;
    int rows;
    int columns;
    switch (name.toLowerCase(Locale.ROOT)) {
      case "toy" -> {
        config = builder(55, 48, 2, 3, 128);
        rows = 32;
        columns = 50;
      }
      case "tiny" -> {
        config = builder(128, 128, 4, 4, 344);
        rows = 32;
        columns = 160;
      }
      case "small" -> {
        config = builder(512, 256, 6, 8, 688);
        rows = 16;
        columns = 256;
      }
      case "medium" -> {
        config = builder(8192, 512, 8, 8, 1376);
        rows = 4;
        columns = 256;
      }
      case "0.5b" -> {
        // Qwen2.5-0.5B.
        config =
            builder(151_936, 896, 24, 14, 4864)
                .family(Family.QWEN2)
                .keyValueHeads(2)
                .biases(Set.of(Bias.QUERY, Bias.KEY, Bias.VALUE));
        rows = 1;
        columns = 256;
      }
      case "8b" -> {
        // Llama-3.1-8B.
        config = builder(128_256, 4096, 32, 32, 14_336).keyValueHeads(8);
        rows = 1;
        columns = 512;
      }
      default ->
          throw new IllegalArgumentException(
              "there is no shape " + name + "; there are toy, tiny, small, medium, 0.5B and 8B");
    }
    return new Shape(name, config.contextLength(contextLength).build(), rows, columns);
  }

  private static DecoderConfig.Builder builder(
      int vocabulary, int hidden, int layers, int heads, int feedForward) {
    return DecoderConfig.builder(vocabulary)
        .hiddenSize(hidden)
        .layers(layers)
        .heads(heads)
        .feedForwardSize(feedForward);
  }
}
