package org.riselm.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Query;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.run.RunDigest;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.OnnxPolicy;

/**
 * Executors are processes of their own here, and end as processes do. {@code -Drise.spark.rounds=5}
 * ends 20 in runs.
 */
class LostExecutorTest {
  private static final int ROUNDS = Integer.getInteger("rise.spark.rounds", 1);
  private static final SamplingOptions SAMPLING = SamplingOptions.ofMaxNewTokens(8);

  @RegisterExtension static final LocalCluster SPARK = new LocalCluster();

  @TempDir Path folder;

  private static ProblemSet problems(String name) {
    return ProblemSet.scored(
        name,
        Tiny.WORDS.stream()
            .map(w -> Problem.of(name + w, w + (name.equals("b") ? " try" : ""), ""))
            .toList(),
        (problem, response) -> response.contains("red") ? 1 : 0);
  }

  private RunDigest run(TrainablePolicy policy, String name, RiseListener listener) {
    Path directory = folder.resolve(name);
    try (RiseTrainer trainer =
        RiseTrainer.builder(policy, problems("a"))
            .relabeler(Relabelers.bestOf(4))
            .turns(2)
            .feedback(Feedback.neutral("try again"))
            .sampling(SAMPLING)
            .training(TrainingOptions.builder().learningRate(0.01).steps(6).batchSize(4).build())
            .evaluateOn(problems("b"))
            .evaluation(e -> e.turns(2).samplesPerProblem(3))
            .runDirectory(directory)
            .listener(listener)
            .build()) {
      trainer.run(2);
    }
    return RunDigest.of(directory);
  }

  /** Ends an executor once in each phase of an iteration, sooner or later in it. */
  private static final class Killer implements RiseListener {
    private final Map<Phase, Integer> waits = new EnumMap<>(Phase.class);
    private final int wait;

    Killer(int wait) {
      this.wait = wait;
    }

    @Override
    public void phaseProgressed(PhaseProgressed event) {
      if (event.iteration() == 1
          && waits.merge(event.phase(), wait, (left, ignored) -> left - 1) == 0
          && !LocalCluster.kill()) {
        throw new IllegalStateException("there is no executor to end");
      }
    }

    /** The phases in which an executor was ended. */
    Set<Phase> killed() {
      return waits.keySet().stream()
          .filter(phase -> waits.get(phase) <= 0)
          .collect(Collectors.toSet());
    }
  }

  @Test
  void aRunThatLosesAnExecutorInEveryPhaseEndsAsALocalOne() throws IOException {
    Path tokenizer = Tiny.tokenizer(folder);
    RunDigest local;
    try (OnnxPolicy policy = Tiny.open(tokenizer.toString(), 1)) {
      local = run(policy, "local", new RiseListener() {});
    }
    for (int round = 0; round < ROUNDS; round++) {
      Killer killer = new Killer(round % 4);
      try (SparkPolicy policy =
          SparkPolicy.builder(SPARK.context(), Tiny.factory(tokenizer)).queriesPerTask(2).build()) {
        assertEquals(local, run(policy, "spark " + round, killer));
      }
      assertEquals(
          EnumSet.of(Phase.COLLECT, Phase.RELABEL, Phase.TRAIN, Phase.EVALUATE), killer.killed());
    }
  }

  @Test
  void stepsThatLoseAnExecutorEndAsThoseOfPoliciesInOneProcess() throws IOException {
    Path tokenizer = Tiny.tokenizer(folder);
    float[] local = GradientSharesTest.trainedLocally(tokenizer, 3);
    AtomicBoolean killed = new AtomicBoolean();
    try (SparkPolicy policy =
        SparkPolicy.builder(SPARK.context(), Tiny.factory(tokenizer)).gradientShares(3).build()) {
      GradientSharesTest.train(
          policy,
          e -> {
            if (e.done() == 2) {
              killed.set(LocalCluster.kill());
            }
          });
      assertArrayEquals(local, GradientSharesTest.parameters(policy.driver()));
    }
    assertTrue(killed.get());
  }

  @Test
  void aQueryThatEndsEveryProcessIsFoundAndFails() throws IOException {
    Path tokenizer = Tiny.tokenizer(folder);
    String file = tokenizer.toString();
    List<Query> queries = Tiny.queries(4);
    String prompt = queries.get(1).state().problem().prompt();
    try (SparkPolicy policy =
        SparkPolicy.builder(
                SPARK.context(), slot -> new Hooked(Tiny.open(file, 1), Hooked.endsOver(prompt)))
            .build()) {
      List<Completion> completions = policy.complete(queries, SAMPLING);
      for (int i = 0; i < queries.size(); i++) {
        if (queries.get(i).state().problem().prompt().equals(prompt)) {
          assertTrue(completions.get(i).failure().contains("ended"), completions.get(i)::failure);
        } else {
          assertNull(completions.get(i).failure());
          assertNotEquals(0, completions.get(i).response().tokens().size());
        }
      }
    }
  }
}
