package org.riselm.examples.lab.toy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.Tokenizer;
import org.riselm.onnx.text.TokenizerFiles;

/** The models of exercises: Llama-style decoders with a token for each word. */
public final class ToyModel {
  private static final List<String> SPECIALS = List.of("<pad>", "<eos>", "<user>", "<asst>");

  private ToyModel() {}

  /**
   * A model of random weights.
   *
   * @param exercise whose words it knows
   * @param folder where its tokenizer is written
   * @param seed of the weights
   */
  public static OnnxPolicy create(Exercise exercise, Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    Path tokenizerJson = folder.resolve("tokenizer.json");
    writeTokenizer(exercise, tokenizerJson);
    return OnnxPolicy.create(
        exercise.model(vocabularySize(tokenizerJson)),
        tokenizerJson,
        promptFormat(),
        seed,
        // Measured: at this size a second thread costs more in waiting than it saves in work.
        OnnxOptions.builder().threads(1).build());
  }

  /** Writes an exercise's {@code tokenizer.json}. */
  public static void writeTokenizer(Exercise exercise, Path file) throws IOException {
    TokenizerFiles.wordLevel(exercise.vocabulary(), SPECIALS, file);
  }

  /** {@code <user> … <asst> … <eos> <user> …}; {@code <eos>} is not kept between turns. */
  public static PromptPieces promptFormat() {
    return PromptPieces.builder("<eos>")
        .beforeUser("<user>")
        .afterUser("<asst>")
        .stopTokenKept(false)
        .build();
  }

  private static int vocabularySize(Path tokenizerJson) throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(tokenizerJson)) {
      return tokenizer.vocabularySize();
    }
  }
}
