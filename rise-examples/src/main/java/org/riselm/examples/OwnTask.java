package org.riselm.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.Lora;
import org.riselm.onnx.OnnxPolicy;

/** A task of one's own with a reward of one's own: sentences of a given number of words. */
public final class OwnTask {
  private static final String USAGE = "Usage: run OwnTask --model DIR\n";

  private OwnTask() {}

  /** A task is problems and a reward: 1 is correct, less is not. */
  static ProblemSet sentences(String name, String subject) {
    List<Problem> problems =
        IntStream.rangeClosed(3, 18).mapToObj(n -> sentence(name, subject, n)).toList();
    return ProblemSet.scored(name, problems, OwnTask::reward);
  }

  private static Problem sentence(String set, String subject, int words) {
    String prompt = "Write a sentence about %s in exactly %d words.".formatted(subject, words);
    return Problem.of(set + words, prompt, String.valueOf(words));
  }

  static double reward(Problem problem, String response) {
    int asked = Integer.parseInt(problem.reference());
    int written = response.isBlank() ? 0 : response.strip().split("\\s+").length;
    return 1 - Math.min(1, Math.abs(asked - written) / (double) asked);
  }

  private static void run(Arguments arguments) throws IOException {
    Path model = Path.of(arguments.require("model"));
    try (OnnxPolicy policy = OnnxPolicy.builder(model).lora(Lora.rank(8)).build();
        RiseTrainer trainer =
            RiseTrainer.builder(policy, sentences("train", "the sea"))
                .evaluateOn(sentences("held-out", "a mountain"))
                .relabeler(Relabelers.bestOf(4))
                .feedback(Feedback.neutral("Count your words and write the sentence again."))
                .sampling(SamplingOptions.ofMaxNewTokens(40))
                .build()) {
      System.out.println(trainer.iterate());
    }
  }

  /** Runs with the options in {@code args}. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, Set.of("model"), Set.of(), OwnTask::run);
  }
}
