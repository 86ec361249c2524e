package consumer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.MathVerifier;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/** One RISE iteration on a tiny model of random weights, in the folder that is given. */
public final class Consumer {
  private Consumer() {}

  public static void main(String[] args) throws Exception {
    Path tokenizer = Files.createDirectories(Path.of(args[0])).resolve("tokenizer.json");
    TokenizerFiles.wordLevel(
        List.of("one", "two", "1", "2", "right", "wrong"),
        List.of("<user>", "<asst>", "<eos>"),
        tokenizer);
    DecoderConfig config =
        DecoderConfig.builder(9)
            .hiddenSize(16)
            .layers(1)
            .heads(1)
            .headSize(16)
            .contextLength(64)
            .build();
    PromptPieces format =
        PromptPieces.builder("<eos>")
            .beforeUser("<user> ")
            .afterUser(" <asst>")
            .stopTokenKept(false)
            .build();
    List<Problem> problems =
        Stream.of("one", "two").map(n -> Problem.of(n, n, n.equals("one") ? "1" : "2")).toList();
    ProblemSet task = new ProblemSet("digits", problems, new MathVerifier());
    try (OnnxPolicy policy =
            OnnxPolicy.create(
                config, tokenizer, format, 1, OnnxOptions.builder().threads(1).build());
        RiseTrainer trainer =
            RiseTrainer.builder(policy, task)
                .relabeler(Relabelers.reference(Problem::reference))
                .feedback(Feedback.truthful("right", "wrong"))
                .sampling(SamplingOptions.ofMaxNewTokens(4))
                .build()) {
      System.out.println(trainer.iterate());
    }
  }
}
