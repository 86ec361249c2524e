package org.riselm.examples.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.riselm.examples.Arguments;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/**
 * Writes the weights that the other programs make up as a Hugging Face folder, for programs that
 * read only such: in fp32, with a tokenizer that has a token per byte.
 *
 * <pre>run RandomCheckpoint small|medium|0.5B FOLDER</pre>
 */
public final class RandomCheckpoint {
  private static final String END = "<|endoftext|>";

  private static final String USAGE =
      """
      Usage: run RandomCheckpoint SHAPE FOLDER
        SHAPE     tiny, small, medium, …
        FOLDER    new; a Hugging Face folder with random weights is written there
      """;

  private RandomCheckpoint() {}

  /** Writes it. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, given -> given, RandomCheckpoint::start);
  }

  private static void start(String[] args) throws IOException {
    Arguments.requireCount(args, 2, 2, "a shape and a new folder");
    write(Shape.of(args[0], 4096).config(), Path.of(args[1]));
  }

  private static void write(DecoderConfig config, Path folder) throws IOException {
    Path tokenizer = Files.createTempFile("tokenizer", ".json");
    try {
      TokenizerFiles.byteLevel(List.of(END), tokenizer);
      PromptPieces format = PromptPieces.builder(END).stopTokenKept(false).build();
      try (OnnxPolicy policy =
          OnnxPolicy.create(config, tokenizer, format, 1, OnnxOptions.ofDefaults())) {
        policy.export(folder);
      }
    } finally {
      Files.delete(tokenizer);
    }
  }
}
