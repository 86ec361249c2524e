package org.riselm.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/** A model of a dozen words that trains in a second. */
public final class TinyModel {
  static final List<String> SPECIALS = List.of("<user>", "<asst>", "<eos>");
  static final List<String> WORDS =
      List.of("red", "green", "blue", "grey", "sky", "grass", "rose", "fog", "try", "again");
  public static final PromptPieces FORMAT =
      PromptPieces.builder("<eos>")
          .beforeUser("<user> ")
          .afterUser(" <asst>")
          .stopTokenKept(false)
          .build();

  public static final List<State> STATES =
      List.of(
          state("sky"),
          state("grass rose"),
          state("sky", "green"),
          state("fog", "red", "blue grey"));
  public static final List<Example> EXAMPLES =
      List.of(
          new Example(STATES.get(0), Response.ofText("blue"), 1),
          new Example(STATES.get(1), Response.ofText("green red"), 1),
          new Example(STATES.get(2), Response.ofText("grey grey blue"), 1));

  private TinyModel() {}

  public static DecoderConfig config() {
    return DecoderConfig.builder(SPECIALS.size() + WORDS.size())
        .hiddenSize(32)
        .layers(2)
        .heads(2)
        .keyValueHeads(1)
        .headSize(16)
        .feedForwardSize(48)
        .contextLength(32)
        .build();
  }

  public static Path tokenizer(Path folder) {
    Path file = folder.resolve("tiny-tokenizer.json");
    try {
      TokenizerFiles.wordLevel(WORDS, SPECIALS, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  static OnnxPolicy policy(Path folder, int threads) throws IOException {
    return OnnxPolicy.create(config(), tokenizer(folder), FORMAT, 1, options(threads));
  }

  public static OnnxOptions options(int threads) {
    return OnnxOptions.builder().threads(threads).samplingBatch(8).microBatchTokens(48).build();
  }

  static State state(String prompt, String... attempts) {
    List<Turn> history =
        List.of(attempts).stream()
            .map(a -> Turn.of(Response.ofText(a), 0).withFeedback("try again"))
            .toList();
    return new State(Problem.of(prompt, prompt, "red"), history, history.size() + 1);
  }
}
