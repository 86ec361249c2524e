package org.riselm.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.internal.trainer.TrainingSets;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Example;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.objective.Objective;
import org.riselm.core.objective.Objectives;
import org.riselm.core.objective.PolicyGradient;
import org.riselm.core.objective.PolicyGradient.Baseline;
import org.riselm.core.objective.WeightedExamples;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScriptedPolicy;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.policy.TrainablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.rollout.RolloutOptions;
import org.riselm.core.run.RunException;
import org.riselm.core.task.ProblemSet;

class IterationPlanTest {
  @TempDir Path temp;

  private static RiseTrainerBuilder builder(TrainablePolicy policy, IterationPlan plan) {
    return RiseTrainer.builder(policy, WordTask.problems("train", 40))
        .relabeler(Relabelers.bestOf(4))
        .feedback(Feedback.neutral("Think again."))
        .training(TrainingOptions.builder().learningRate(2).batchSize(16).steps(10).build())
        .plan(plan)
        .seed(3);
  }

  private String table(TrainablePolicy policy, String name) throws IOException {
    policy.save(temp.resolve(name));
    return Files.readString(temp.resolve(name).resolve("table.json"));
  }

  private static IterationReport last(RiseTrainer trainer) {
    return trainer.reports().get(trainer.reports().size() - 1);
  }

  @Test
  void restartingLearnsEverythingAgainFromTheBase() throws IOException {
    TablePolicy policy = WordTask.policy();
    List<WeightedExamples> own = new ArrayList<>();
    RiseTrainer trainer =
        builder(policy, IterationPlan.restarting())
            .objective(
                relabeled -> {
                  own.add(Objectives.uniform().weigh(relabeled));
                  return own.get(own.size() - 1);
                })
            .build();
    assertEquals(2, trainer.run(2));
    int first = own.get(0).examples().size();
    int second = own.get(1).examples().size();
    assertEquals(first + second, last(trainer).weights().examples());
    // The same, by hand: a fresh policy on the examples of both, with the second training's seed.
    List<Example> both = new ArrayList<>(own.get(1).examples());
    both.addAll(own.get(0).examples());
    TablePolicy byHand = WordTask.policy();
    byHand.train(
        both,
        TrainingRequest.of(
                TrainingOptions.builder().learningRate(2).batchSize(16).steps(10).build(), byHand)
            .withSeed(Seeds.derive(3, Seeds.coordinate("training"), 2)),
        step -> {});
    assertEquals(table(byHand, "hand"), table(policy, "run"));
    TablePolicy continued = WordTask.policy();
    builder(continued, IterationPlan.continuing()).build().run(2);
    assertNotEquals(table(byHand, "hand2"), table(continued, "continued"));
  }

  @Test
  void everyPlanSurvivesAStop() throws IOException {
    List<Example> others = SupervisedExamples.references(WordTask.problems("others", 30));
    List<IterationPlan> plans =
        List.of(
            IterationPlan.restarting().toBuilder().keepBest(true).build(),
            IterationPlan.builder().replay(0.5).mixed(others, 0.25).build(),
            IterationPlan.restarting().toBuilder()
                .warmStart(others)
                .patience(2)
                .keepBest(true)
                .build());
    int number = 0;
    for (IterationPlan plan : plans) {
      TablePolicy whole = WordTask.policy();
      try (RiseTrainer trainer = onDisk(whole, plan, "whole" + number)) {
        trainer.run(3);
      }
      TablePolicy inMemory = WordTask.policy();
      try (RiseTrainer trainer =
          builder(inMemory, plan).validateOn(WordTask.problems("validation", 40)).build()) {
        trainer.run(3);
      }
      String stopped = "stopped" + number;
      int held = -1;
      TablePolicy resumed = WordTask.policy();
      for (int attempt = 0; attempt < 8 && held < 0; attempt++) {
        resumed = WordTask.policy();
        int last = attempt;
        try (RiseTrainer trainer =
            validated(resumed, plan)
                .runDirectory(temp.resolve(stopped))
                .listener(
                    new RiseListener() {
                      private int phases;

                      @Override
                      public void phaseFinished(PhaseFinished event) {
                        // Every process gets a little further than the one before.
                        if (++phases == 3 + last) {
                          Thread.currentThread().interrupt();
                        }
                      }
                    })
                .build()) {
          held = trainer.run(3);
        } catch (CancellationException e) {
          assertTrue(Thread.interrupted());
        }
      }
      assertTrue(held >= 0, "the run never ended");
      String expected = table(whole, "table-whole" + number);
      assertEquals(expected, table(inMemory, "table-memory" + number), plan::toString);
      assertEquals(expected, table(resumed, "table-resumed" + number), plan::toString);
      number++;
    }
  }

  private RiseTrainerBuilder validated(TrainablePolicy policy, IterationPlan plan) {
    return builder(policy, plan).validateOn(WordTask.problems("validation", 40));
  }

  private RiseTrainer onDisk(TrainablePolicy policy, IterationPlan plan, String run) {
    return validated(policy, plan).runDirectory(temp.resolve(run)).build();
  }

  @Test
  void anotherPlanIsRefusedByARunOnDisk() {
    try (RiseTrainer trainer = onDisk(WordTask.policy(), IterationPlan.continuing(), "one")) {
      trainer.iterate();
    }
    String message =
        assertThrows(
                RunException.class,
                () -> onDisk(WordTask.policy(), IterationPlan.restarting(), "one"))
            .getMessage();
    assertTrue(message.contains("plan") && message.contains("BASE"), message);
  }

  /** Too much of a good thing: a rate at which this task gets worse after a while. */
  @Test
  void patienceStopsAndTheBestIsKept() throws IOException {
    TablePolicy policy = WordTask.policy();
    ProblemSet validation = WordTask.problems("validation", 60);
    IterationPlan plan = IterationPlan.builder().patience(2).keepBest(true).build();
    RiseTrainer trainer =
        builder(policy, plan)
            .objectives(k -> k <= 2 ? Objectives.uniform() : spoiling())
            .validateOn(validation)
            .build();
    int held = trainer.run(10);
    assertEquals(2, held);
    assertEquals(4, trainer.iterations());
    String best = table(policy, "best");
    // What comes after goes on from the last iteration, not from the best.
    trainer.iterate();
    assertEquals(5, trainer.iterations());
    assertNotEquals(best, table(policy, "later"));
    double bestScore =
        trainer.reports().get(1).validation().orElseThrow().sequentialVote().estimate();
    for (IterationReport report : trainer.reports()) {
      assertTrue(report.validation().orElseThrow().sequentialVote().estimate() <= bestScore);
    }
    trainer.close();
  }

  private static Objective spoiling() {
    return relabeled ->
        new WeightedExamples(
            Objectives.uniform().weigh(relabeled).examples().stream()
                .map(e -> new Example(e.state(), e.response(), -1))
                .toList(),
            0);
  }

  @Test
  void aBoostTeachesTheFormBeforeThePolicysOwnAttempts() {
    ProblemSet shown = WordTask.problems("shown", 40);
    ScriptedPolicy demonstrator =
        new ScriptedPolicy(
            (state, seed) -> state.turn() == 1 ? "red" : state.problem().reference());
    RolloutOptions options =
        RolloutOptions.builder(shown.verifier())
            .turns(2)
            .sampling(SamplingOptions.ofMaxNewTokens(4))
            .feedback(Feedback.neutral("Think again."))
            .build();
    List<Example> boost = SupervisedExamples.rollouts(demonstrator, shown, options, 1);
    // All second turns are right, and a quarter of the first.
    assertEquals(50, boost.size());
    TablePolicy policy = WordTask.policy();
    RiseTrainer trainer =
        builder(policy, IterationPlan.builder().warmStart(boost).build())
            .evaluateOn(WordTask.problems("held-out", 80))
            .build();
    double base = trainer.evaluate().passAtTurns().estimate();
    IterationReport boosted = trainer.iterate();
    assertEquals(0, boosted.collected().episodes());
    assertEquals(50, boosted.weights().examples());
    assertTrue(boosted.evaluation().orElseThrow().incorrectToCorrect().estimate() > 0.2);
    IterationReport own = trainer.iterate();
    // Its own iterations count from 1 again: two turns, not three.
    assertEquals(80, own.collected().turns());
    assertTrue(base > 0);
  }

  @Test
  void mixedExamplesTakeTheirShare() {
    List<Example> own = SupervisedExamples.references(WordTask.problems("own", 30));
    List<Example> others = SupervisedExamples.references(WordTask.problems("others", 30));
    List<Example> earlier = SupervisedExamples.references(WordTask.problems("earlier", 20));
    IterationPlan plan = IterationPlan.builder().replay(0.5).mixed(others, 0.2).build();
    List<Example> lesson =
        TrainingSets.of(plan, 2, new WeightedExamples(own, 0), earlier, 1).examples();
    assertEquals(30 + 10 + 10, lesson.size());
    assertEquals(
        lesson, TrainingSets.of(plan, 2, new WeightedExamples(own, 0), earlier, 1).examples());
    assertNotEquals(
        lesson, TrainingSets.of(plan, 3, new WeightedExamples(own, 0), earlier, 1).examples());
    assertEquals(lesson.size(), lesson.stream().distinct().count());
  }

  @Test
  void weightsOfAnotherPolicyAreNotLearnedAgain() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    builder(WordTask.policy(), IterationPlan.restarting())
                        .objective(PolicyGradient.of(Baseline.NONE))
                        .build())
            .getMessage();
    assertTrue(message.contains("continuing"), message);
    for (Runnable call :
        List.<Runnable>of(
            () -> IterationPlan.builder().replay(1.5).build(),
            () -> IterationPlan.builder().mixed(List.of(), 0.5).build(),
            () -> IterationPlan.builder().patience(-1).build())) {
      assertThrows(IllegalArgumentException.class, call::run);
    }
  }

  /**
   * The policy gradient learns the task from rewards alone; from rewards of nothing it does not.
   */
  @Test
  void thePolicyGradientLearnsToRevise() {
    double learned = afterPolicyGradient(WordTask.problems("train", 60));
    double control = 0;
    for (long seed = 5; seed < 9; seed++) {
      control += afterPolicyGradient(WordTask.shuffledProblems("train", 60, seed)) / 4;
    }
    // A guess is right one time in four.
    double shuffled = control;
    assertTrue(learned > 0.8, () -> "learned " + learned);
    assertTrue(shuffled < 0.55, () -> "shuffled " + shuffled);
  }

  /** The share of right second answers. */
  private static double afterPolicyGradient(ProblemSet problems) {
    RiseTrainer trainer =
        RiseTrainer.builder(WordTask.policy(), problems)
            .turns(2)
            .episodesPerProblem(4)
            .relabeler(Relabelers.none())
            .objective(PolicyGradient.builder(Baseline.LEAVE_ONE_OUT).progressBonus(1).build())
            .feedback(Feedback.neutral("Think again."))
            .training(TrainingOptions.builder().learningRate(30).batchSize(480).steps(1).build())
            .evaluateOn(WordTask.problems("held-out", 120))
            .evaluation(e -> e.turns(2))
            .seed(4)
            .build();
    trainer.run(20);
    return trainer.evaluations().get(20).accuracyByTurn().get(1).estimate();
  }
}
