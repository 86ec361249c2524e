package org.riselm.examples.bench;

import java.util.Locale;
import org.riselm.onnx.model.DecoderConfig;

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
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "toy" -> new Shape(name, config(55, 48, 2, 3, 128, 160), 32, 50);
      case "tiny" -> new Shape(name, config(128, 128, 4, 4, 344, 160), 32, 160);
      case "small" -> new Shape(name, config(512, 256, 6, 8, 688, 256), 16, 256);
      case "medium" -> new Shape(name, config(8192, 512, 8, 8, 1376, 256), 4, 256);
      default ->
          throw new IllegalArgumentException(
              "there is no shape " + name + "; there are toy, tiny, small and medium");
    };
  }

  private static DecoderConfig config(
      int vocabulary, int hidden, int layers, int heads, int feedForward, int context) {
    return DecoderConfig.builder(vocabulary)
        .hiddenSize(hidden)
        .layers(layers)
        .heads(heads)
        .feedForwardSize(feedForward)
        .contextLength(context)
        .build();
  }
}
