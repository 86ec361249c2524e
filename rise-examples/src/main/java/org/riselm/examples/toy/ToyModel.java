package org.riselm.examples.toy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.Tokenizer;

/** The quickstart's model: a Llama-style decoder of some 58,000 parameters. */
public final class ToyModel {
  private ToyModel() {}

  /**
   * A model of random weights.
   *
   * @param folder where its tokenizer is written
   * @param seed of the weights
   */
  public static OnnxPolicy create(Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    Path tokenizerJson = folder.resolve("tokenizer.json");
    ToyTask.writeTokenizer(tokenizerJson);
    return OnnxPolicy.create(
        config(tokenizerJson),
        tokenizerJson,
        ToyTask.promptFormat(),
        seed,
        // Measured: at this size a second thread costs more in waiting than it saves in work.
        OnnxOptions.ofDefaults().withThreads(1));
  }

  private static DecoderConfig config(Path tokenizerJson) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(tokenizerJson)) {
      return DecoderConfig.builder(tokenizer.vocabularySize())
          .hiddenSize(48)
          .layers(2)
          .heads(3)
          .keyValueHeads(3)
          .headSize(16)
          .feedForwardSize(128)
          .contextLength(ToyTask.CONTEXT_LENGTH)
          .tiedHead(true)
          .build();
    }
  }
}
