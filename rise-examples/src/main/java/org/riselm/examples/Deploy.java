package org.riselm.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.riselm.core.inference.Introspection;
import org.riselm.core.inference.IntrospectionOptions;
import org.riselm.core.inference.IntrospectionResult;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.task.MathVerifier;
import org.riselm.onnx.OnnxPolicy;

/** A trained model at work: it revises its response to a question, and the majority decides. */
public final class Deploy {
  private static final String USAGE =
      """
      Usage: run Deploy --model DIR --question TEXT [options]
        --model DIR         a chat model's folder, such as one that RISE trained
        --question TEXT     a question with a mathematical answer
        --turns T           how often it answers (5)
        --max-new-tokens N  the longest response (256)
      """;

  private Deploy() {}

  private static void run(Arguments arguments) throws IOException {
    IntrospectionOptions options =
        IntrospectionOptions.builder(Feedback.neutral("Check your work."))
            .turns(arguments.integer("turns", 1, 5))
            .sampling(SamplingOptions.ofMaxNewTokens(arguments.integer("max-new-tokens", 1, 256)))
            .build();
    // Nobody knows the answer here, so the problem has no reference.
    Problem question = Problem.of("question", arguments.require("question"), "");
    Path model = Path.of(arguments.require("model"));
    try (OnnxPolicy policy = OnnxPolicy.builder(model).frozen().build()) {
      Introspection introspection =
          Introspection.byVote(policy, new MathVerifier(), VoteRules.DEFAULT, options);
      IntrospectionResult result = introspection.answer(List.of(question), /* seed= */ 0).get(0);
      result.episodes().get(0).turns().forEach(t -> System.out.println(t.response().text()));
      System.out.println("---");
      System.out.println(result.response().map(Response::text).orElse("(no answer)"));
    }
  }

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Set<String> options = Set.of("model", "question", "turns", "max-new-tokens");
    Arguments.run(USAGE, args, options, Set.of(), Deploy::run);
  }
}
