package org.riselm.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.internal.rollout.ForwardingLearner;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.objective.Objectives;
import org.riselm.core.objective.PolicyGradient;
import org.riselm.core.objective.PolicyGradient.Baseline;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScoringPolicy;
import org.riselm.core.policy.ScoringPolicy.Divergence;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Attempt;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.run.RunDigest;
import org.riselm.core.run.RunOptions;

/** Runs of a policy whose responses are drawn from something else than what is trained. */
class ApproximateSamplingTest {
  @TempDir Path temp;

  /** Draws words from {@code sampler}, whatever {@code trained} has learned. */
  private static final class Approximate extends ForwardingLearner implements ScoringPolicy {
    private final TablePolicy trained;
    private final TablePolicy sampler = WordTask.policy();

    Approximate(TablePolicy trained) {
      super(trained);
      this.trained = trained;
    }

    @Override
    public List<Completion> complete(
        List<Query> queries, SamplingOptions sampling, ProgressListener progress) {
      return sampler.complete(queries, sampling, progress);
    }

    @Override
    public boolean samplesExactly() {
      return false;
    }

    @Override
    public List<LogProbabilities> logProbabilities(List<Example> examples) {
      return trained.logProbabilities(examples);
    }
  }

  private static RiseTrainerBuilder builder(TrainablePolicy policy) {
    return RiseTrainer.builder(policy, WordTask.problems("train", 16))
        .relabeler(Relabelers.reference())
        .feedback(Feedback.neutral("Think again."))
        .turns(2)
        .training(TrainingOptions.builder().learningRate(20).batchSize(16).steps(5).build())
        .seed(3);
  }

  @Test
  void theReportSaysHowFarTheSamplerIsFromThePolicy() {
    Approximate policy = new Approximate(WordTask.policy());
    List<Double> expected = new ArrayList<>();
    List<Optional<Divergence>> told = new ArrayList<>();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    RiseListener listener =
        new RiseListener() {
          @Override
          public void episodesCollected(EpisodesCollected event) {
            told.add(event.divergence());
            // Every word is drawn with probability 1/4; all 32 of them are compared.
            double sum = 0;
            List<Example> given = new ArrayList<>();
            event
                .episodes()
                .forEach(
                    e ->
                        Attempt.in(List.of(e), HistoryWindow.latest())
                            .forEach(
                                a -> given.add(new Example(a.state(), a.turn().response(), 1))));
            for (LogProbabilities p : policy.logProbabilities(given)) {
              double ratio = Math.exp(p.get(0)) / 0.25;
              sum += ratio - 1 - Math.log(ratio);
            }
            assertEquals(32, given.size());
            expected.add(sum / given.size());
          }
        };
    RiseTrainer trainer =
        builder(policy)
            .listener(listener)
            .listener(
                new ConsoleProgress(new PrintStream(printed, true, StandardCharsets.UTF_8), ""))
            .build();
    for (int k = 0; k < 2; k++) {
      IterationReport report = trainer.iterate();
      Divergence found = report.collected().divergence().orElseThrow();
      assertEquals(expected.get(k), found.nats(), 1e-12);
      assertEquals(32, found.tokens());
      assertEquals(Optional.of(found), told.get(k));
      assertTrue(report.toString().contains("sampler's divergence " + found), report::toString);
      assertTrue(printed.toString(StandardCharsets.UTF_8).contains("divergence " + found));
    }
    assertEquals(0, expected.get(0), 1e-12);
    assertTrue(expected.get(1) > 0.1, expected::toString);
  }

  @Test
  void aPolicyThatSamplesItsOwnDistributionIsNotMeasured() {
    IterationReport report = builder(WordTask.policy()).build().iterate();
    assertEquals(Optional.empty(), report.collected().divergence());
    assertFalse(report.toString().contains("divergence"), report::toString);
  }

  @Test
  void aRunThatWasStoppedWhileItCollectedSaysTheSame() throws IOException {
    Path calm = temp.resolve("calm");
    Path stopped = temp.resolve("stopped");
    List<IterationReport> expected = twoIterations(calm);
    int[] events = {0};
    RiseListener interrupter =
        new RiseListener() {
          @Override
          public void phaseProgressed(PhaseProgressed event) {
            if (event.phase() == Phase.COLLECT && event.iteration() == 2 && events[0]++ == 20) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (RiseTrainer trainer =
        builder(new Approximate(WordTask.policy()))
            .runDirectory(stopped)
            .runOptions(RunOptions.builder().checkpointInterval(Duration.ZERO).build())
            .listener(interrupter)
            .build()) {
      trainer.iterate();
      assertThrows(CancellationException.class, trainer::iterate);
      assertTrue(Thread.interrupted());
    }
    List<IterationReport> found = twoIterations(stopped);
    for (int k = 0; k < 2; k++) {
      assertTrue(expected.get(k).collected().divergence().isPresent());
      assertEquals(expected.get(k).collected(), found.get(k).collected());
    }
    assertEquals(RunDigest.of(calm), RunDigest.of(stopped));
    // And once more, all of it read from the disk.
    assertEquals(expected.get(1).collected(), twoIterations(calm).get(1).collected());
    String page = Files.readString(calm.resolve("report.html"));
    assertTrue(page.contains("\"divergence\":{\"nats\":"), page);
  }

  private static List<IterationReport> twoIterations(Path folder) {
    try (RiseTrainer trainer =
        builder(new Approximate(WordTask.policy())).runDirectory(folder).build()) {
      trainer.run(2);
      return trainer.reports();
    }
  }

  @Test
  void aPolicyGradientIsRefused() {
    PolicyGradient gradient = PolicyGradient.of(Baseline.GROUP_MEAN);
    RiseTrainerBuilder late =
        builder(new Approximate(WordTask.policy()))
            .objectives(k -> k < 3 ? Objectives.rewardWeighted(1) : gradient);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, late::build);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("policy gradient, baseline GROUP_MEAN"), message);
    assertTrue(
        message.contains("quantizedRollouts") && message.contains("rewardWeighted"), message);
    builder(WordTask.policy()).objective(gradient).build();
  }
}
