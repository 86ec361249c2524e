package org.riselm.examples;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.ConsoleProgress;
import org.riselm.core.IterationReport;
import org.riselm.core.RiseTrainer;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationTables;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Gsm8k;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.OnnxOptions;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.text.PromptPieces;
import org.riselm.onnx.text.TokenizerFiles;

/**
 * RISE on GSM8K's own files: grade-school word problems. The teacher is the worked solution that
 * comes with each problem.
 *
 * <p>Without a model it starts from small random weights that read and write bytes. That shows that
 * the loop is whole on real data; it does not make the model clever.
 */
public final class TrainOnGsm8k {
  private static final Feedback FEEDBACK =
      Feedback.neutral("Check your work and try again. End with #### and the number.");

  private final TrainOnGsm8kOptions options;
  private final PrintStream out;
  private final Map<String, Evaluation> stages = new LinkedHashMap<>();

  TrainOnGsm8k(TrainOnGsm8kOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Arguments.run(
        TrainOnGsm8kOptions.USAGE,
        args,
        TrainOnGsm8kOptions::parse,
        options -> new TrainOnGsm8k(options, System.out).run());
  }

  /** Evaluates, iterates, evaluates; prints a report of each iteration. Returns the evaluations. */
  Map<String, Evaluation> run() throws IOException {
    ProblemSet train = Gsm8k.load(options.train());
    ProblemSet test = Gsm8k.load(options.test());
    try (OnnxPolicy policy = policy()) {
      RiseTrainer trainer =
          RiseTrainer.builder(policy, train)
              .problemsPerIteration(Math.min(options.problems(), train.size()))
              .relabeler(Relabelers.reference())
              .feedback(FEEDBACK)
              .sampling(SamplingOptions.ofMaxNewTokens(options.maxNewTokens()))
              .training(training())
              .evaluateOn(test.take(Math.min(options.problems(), test.size())))
              .seed(options.seed())
              .listener(new ConsoleProgress(out, ""))
              .build();
      stages.put("base", trainer.evaluate());
      for (int k = 1; k <= options.iterations(); k++) {
        IterationReport report = trainer.iterate();
        out.printf("%n%s%n", report);
        stages.put("iteration " + k, report.evaluation().orElseThrow());
      }
      out.println(EvaluationTables.compare(stages));
      if (options.out().isPresent()) {
        policy.save(options.out().get());
      }
    }
    return stages;
  }

  private TrainingOptions training() {
    TrainingOptions.Builder training = TrainingOptions.builder().batchSize(8);
    // Random weights have everything to learn; a trained model has something to lose.
    return (options.model().isPresent() ? training : training.learningRate(1e-3)).build();
  }

  private OnnxPolicy policy() throws IOException {
    if (options.model().isPresent()) {
      return OnnxPolicy.builder(options.model().get()).build();
    }
    Path folder = Files.createTempDirectory("rise-gsm8k");
    try {
      Path tokenizerJson = folder.resolve("tokenizer.json");
      List<String> specials = List.of("<pad>", "<eos>", "<user>", "<asst>");
      TokenizerFiles.byteLevel(specials, tokenizerJson);
      DecoderConfig config =
          DecoderConfig.builder(256 + specials.size())
              .hiddenSize(64)
              .layers(2)
              .heads(4)
              .keyValueHeads(2)
              .feedForwardSize(160)
              // In bytes: the longest question, an attempt, the feedback and the longest solution.
              .contextLength(3072)
              .tiedHead(true)
              .build();
      PromptPieces format =
          PromptPieces.builder("<eos>")
              .beforeUser("<user>")
              .afterUser("<asst>")
              .stopTokenKept(false)
              .build();
      return OnnxPolicy.create(
          config, tokenizerJson, format, options.seed(), OnnxOptions.ofDefaults());
    } finally {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }
}
