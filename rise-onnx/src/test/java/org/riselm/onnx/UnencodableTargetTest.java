package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.IterationReport;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.text.UnencodableTextException;

/** A teacher's words that the vocabulary does not have are left out and counted. */
class UnencodableTargetTest {
  private static final String UNKNOWN = "mauve";

  @TempDir Path folder;

  /** A verifier by which no answer is right, so that every turn has a target. */
  private static Verifier strict() {
    return new Verifier() {
      @Override
      public Optional<String> answer(String response) {
        return Optional.of(response);
      }

      @Override
      public boolean equivalent(String answer, String other) {
        return false;
      }

      @Override
      public String referenceAnswer(Problem problem) {
        return problem.reference();
      }
    };
  }

  private static ProblemSet problems(int count, int unknown) {
    return new ProblemSet(
        "colors",
        IntStream.range(0, count)
            .mapToObj(i -> Problem.of("p" + i, "sky", i < unknown ? UNKNOWN : "blue"))
            .toList(),
        strict());
  }

  @Test
  void anIterationSkipsThem() throws IOException {
    try (OnnxPolicy policy = TinyModel.policy(folder, 1);
        RiseTrainer trainer =
            RiseTrainer.builder(policy, problems(6, 2))
                .relabeler(Relabelers.reference())
                .feedback(Feedback.neutral("try again"))
                .sampling(SamplingOptions.ofMaxNewTokens(2))
                .training(TrainingOptions.builder().batchSize(4).steps(2).build())
                .build()) {
      IterationReport report = trainer.iterate();
      int all = report.weights().examples() + report.weights().skipped();
      assertTrue(all > 0 && report.weights().skipped() == all / 3, report.weights()::toString);
    }
  }

  @Test
  void theyDoNotFitAndCannotBeTrained() throws IOException {
    Example example = new Example(TinyModel.STATES.get(0), Response.ofText(UNKNOWN), 1);
    try (OnnxPolicy policy = TinyModel.policy(folder, 1)) {
      assertFalse(policy.fits(example));
      assertTrue(policy.fits(TinyModel.EXAMPLES.get(0)));
      String said =
          assertThrows(
                  UnencodableTextException.class,
                  () ->
                      policy.train(
                          List.of(example), TrainingOptions.ofDefaults(), ProgressListener.NONE))
              .getMessage();
      assertTrue(said.contains(UNKNOWN), said);
    }
  }
}
