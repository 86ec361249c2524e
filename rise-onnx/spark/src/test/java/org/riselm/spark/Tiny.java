package org.riselm.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Query;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/** A real model of a dozen words. */
final class Tiny {
  static final List<String> WORDS =
      List.of("red", "green", "blue", "gold", "sky", "grass", "rose", "fog", "try", "again");
  private static final List<String> SPECIALS = List.of("<user>", "<asst>", "<eos>");

  private Tiny() {}

  /** Opens it anywhere; {@code tokenizer} is what {@link #tokenizer} wrote. */
  static PolicyFactory factory(Path tokenizer) {
    String file = tokenizer.toString(); // A path cannot travel.
    return slot -> open(file, slot.threads());
  }

  static OnnxPolicy open(String tokenizer, int threads) throws IOException {
    return OnnxPolicy.create(
        DecoderConfig.builder(SPECIALS.size() + WORDS.size())
            .hiddenSize(32)
            .layers(2)
            .heads(2)
            .keyValueHeads(1)
            .headSize(16)
            .feedForwardSize(48)
            .contextLength(32)
            .build(),
        Path.of(tokenizer),
        PromptPieces.builder("<eos>")
            .beforeUser("<user> ")
            .afterUser(" <asst>")
            .stopTokenKept(false)
            .build(),
        1,
        OnnxOptions.builder().threads(threads).samplingBatch(8).microBatchTokens(48).build());
  }

  static Path tokenizer(Path folder) {
    try {
      Path file = folder.resolve("tiny-tokenizer.json");
      TokenizerFiles.wordLevel(WORDS, SPECIALS, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static State state(String prompt, String... attempts) {
    List<Turn> history =
        List.of(attempts).stream()
            .map(a -> Turn.of(Response.ofText(a), 0).withFeedback("try again"))
            .toList();
    return new State(Problem.of(prompt, prompt, "red"), history, history.size() + 1);
  }

  /** Many queries that differ. */
  static List<Query> queries(int count) {
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String word = WORDS.get(i % WORDS.size());
      queries.add(new Query(i % 2 == 0 ? state(word) : state(word, "green"), i));
    }
    return queries;
  }
}
