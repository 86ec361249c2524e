package org.riselm.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.task.ProblemSet;

class BaselinesTest {
  /** It sees the problem's kind at once, so that there is something to learn about first turns. */
  private static TablePolicy policy() {
    return new TablePolicy(
        WordTask.WORDS, state -> state.problem().prompt().substring(0, "kind 0".length()));
  }

  private static RiseTrainerBuilder settings(RiseTrainerBuilder builder) {
    return builder
        .training(TrainingOptions.builder().learningRate(10).batchSize(32).steps(40).build())
        .evaluateOn(WordTask.problems("held-out", 100))
        .evaluation(e -> e.turns(1))
        .seed(2);
  }

  private static double firstTurnsRight(RiseTrainer trainer, int iterations) {
    trainer.run(iterations);
    return trainer.evaluations().get(iterations).firstTurn().estimate();
  }

  @Test
  void rejectionSamplingLearnsFromWhatIsRight() {
    ProblemSet problems = WordTask.problems("train", 60);
    RiseTrainer trainer = settings(Baselines.rejectionSampling(policy(), problems, 4)).build();
    double before = trainer.evaluate().firstTurn().estimate();
    double after = firstTurnsRight(trainer, 2);
    assertTrue(before < 0.45 && after > 0.9, () -> before + " to " + after);
    IterationReport report = trainer.reports().get(0);
    assertEquals(240, report.collected().episodes());
    // Each problem's right word is learned once, if it was drawn.
    assertEquals(report.collected().correct() > 0, report.weights().examples() > 0);
    assertTrue(report.weights().examples() <= 60, report::toString);
    assertEquals(1, report.weights().min());
  }

  @Test
  void rejectionSamplingOfNothingLearnsNothing() {
    ProblemSet shuffled = WordTask.shuffledProblems("train", 60, 6);
    double after =
        firstTurnsRight(settings(Baselines.rejectionSampling(policy(), shuffled, 4)).build(), 2);
    assertTrue(after < 0.7, () -> "after " + after);
  }

  @Test
  void supervisionLearnsTheReferences() {
    ProblemSet problems = WordTask.problems("train", 60);
    RiseTrainer trainer = settings(Baselines.supervised(policy(), problems)).build();
    assertTrue(firstTurnsRight(trainer, 1) > 0.95);
    assertEquals(60, trainer.reports().get(0).weights().examples());
    assertEquals(0, trainer.reports().get(0).collected().turns());
  }

  @Test
  void selfRefineDoesNotTellRightFromWrong() {
    Problem problem = Problem.of("p", "?", "x");
    assertFalse(Baselines.selfRefine().revealsOutcome());
    assertEquals(
        Baselines.selfRefine().after(problem, Turn.of(Response.ofText("a"), 1)),
        Baselines.selfRefine().after(problem, Turn.of(Response.ofText("b"), 0)));
  }
}
