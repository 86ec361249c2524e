package org.riselm.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.evaluation.Evaluator;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.task.Gsm8k;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.OnnxPolicy;

/** How well a model does over several turns, without training it. */
public final class EvaluateOnly {
  private static final String USAGE =
      """
      Usage: run EvaluateOnly --model DIR --problems FILE [options]
        --model DIR       a chat model's folder
        --problems FILE   a file of GSM8K, such as test.jsonl
        --count N         how many of its problems (50)
        --max-new-tokens N  the longest response (256)
      """;

  private EvaluateOnly() {}

  private static void run(Arguments arguments) throws IOException {
    ProblemSet all = Gsm8k.load(Path.of(arguments.require("problems")));
    ProblemSet problems = all.take(Math.min(all.size(), arguments.integer("count", 1, 50)));
    EvaluationOptions options =
        EvaluationOptions.builder()
            .turns(3)
            .samplesPerProblem(3)
            .sampling(SamplingOptions.ofMaxNewTokens(arguments.integer("max-new-tokens", 1, 256)))
            // Truthful feedback, the default, would tell the model whether it is right.
            .feedback(Feedback.neutral("Check your work. End with #### and the number."))
            .build();
    // A frozen policy samples in the weights' own precision and takes no memory for training.
    Path model = Path.of(arguments.require("model"));
    try (OnnxPolicy policy = OnnxPolicy.builder(model).frozen().build()) {
      System.out.println(new Evaluator(problems, options).evaluate(policy));
    }
  }

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Set<String> options = Set.of("model", "problems", "count", "max-new-tokens");
    Arguments.run(USAGE, args, options, Set.of(), EvaluateOnly::run);
  }
}
