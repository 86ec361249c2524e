package org.riselm.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Feedback.BatchFeedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabeler;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.relabel.Target;
import org.riselm.core.rollout.Critic;
import org.riselm.core.task.ProblemSet;

class RiseTrainerTest {
  private static final Feedback NEUTRAL = Feedback.neutral("Think again.");

  private static RiseTrainerBuilder builder(TablePolicy policy, ProblemSet problems, long seed) {
    return RiseTrainer.builder(policy, problems)
        .evaluateOn(WordTask.problems("held-out", 200))
        .relabeler(Relabelers.bestOf(8))
        .feedback(NEUTRAL)
        .training(TrainingOptions.builder().learningRate(20).batchSize(64).steps(60).build())
        .seed(seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void learnsToReviseWhereAShuffledRewardTeachesNothing(long seed) {
    RiseTrainer trainer = builder(WordTask.policy(), WordTask.problems("train", 200), seed).build();
    Evaluation base = trainer.evaluate();
    trainer.iterate();
    Evaluation rise = trainer.iterate().evaluation().orElseThrow();
    RiseTrainer control =
        builder(WordTask.policy(), WordTask.shuffledProblems("train", 200, seed), seed).build();
    control.iterate();
    Evaluation shuffled = control.iterate().evaluation().orElseThrow();

    // A guess is right one time in four; the standard error over 200 problems is 3 points.
    double revised = rise.sequentialVote().estimate();
    assertTrue(revised > 0.8, () -> "after RISE:\n" + rise);
    assertTrue(revised > base.sequentialVote().estimate() + 0.4, () -> "base:\n" + base);
    assertTrue(rise.gain().low() > 0.3, () -> "against voting:\n" + rise);
    assertTrue(rise.correctToIncorrect().estimate() < 0.1, () -> "flips:\n" + rise);
    assertTrue(shuffled.sequentialVote().estimate() < 0.45, () -> "shuffled:\n" + shuffled);
  }

  @Test
  void aPolicyThatNeverSawATurnAfterARightOneFlipsIt() {
    List<Double> flips = new ArrayList<>();
    for (boolean stop : new boolean[] {true, false}) {
      RiseTrainer trainer =
          builder(WordTask.policy(), WordTask.problems("train", 200), 1)
              .feedback(Feedback.truthful())
              .rollout(r -> r.stopWhenCorrect(stop))
              .build();
      Evaluation e = trainer.iterate().evaluation().orElseThrow();
      // Of the answers that are right at turn 2, the share that is wrong at turn 3.
      List<Episode> right = e.episodes().stream().filter(x -> x.turns().get(1).correct()).toList();
      flips.add(
          right.stream().filter(x -> !x.turns().get(2).correct()).count() / (double) right.size());
    }
    // Untrained, the word after a right one is a guess: wrong three times in four.
    assertTrue(flips.get(0) > 0.5 && flips.get(1) < 0.2, flips::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "teacher"})
  void learnsFromATeacher(String kind) {
    Relabeler relabeler =
        kind.equals("reference")
            ? Relabelers.reference()
            : Relabelers.teacher(
                new org.riselm.core.policy.ScriptedPolicy((s, seed) -> s.problem().reference()));
    RiseTrainer trainer =
        builder(WordTask.policy(), WordTask.problems("train", 200), 4).relabeler(relabeler).build();
    IterationReport report = trainer.iterate();
    assertEquals(1.0, report.relabeled().meanRewardAfter());
    assertEquals(Set.of(kind), report.relabeled().bySource().keySet());
    assertTrue(
        report.evaluation().orElseThrow().sequentialVote().estimate() > 0.8, report::toString);
  }

  @Test
  void aTargetThatThePolicyCannotTakeIsLeftOutAndCounted() {
    Relabeler reference = Relabelers.reference();
    Relabeler odd =
        (attempts, context) -> {
          List<Target> relabels = new ArrayList<>(reference.relabel(attempts, context));
          relabels.set(0, new Target(Response.ofText("unsayable"), 1, "odd"));
          return relabels;
        };
    RiseTrainer trainer =
        builder(WordTask.policy(), WordTask.problems("train", 40), 4).relabeler(odd).build();
    IterationReport report = trainer.iterate();
    assertEquals(1, report.weights().skipped());
    assertEquals(report.training().examples(), report.weights().examples());
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    List<List<Object>> runs = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      List<Object> seen = new ArrayList<>();
      RiseTrainer trainer =
          builder(WordTask.policy(), WordTask.problems("train", 40), 9)
              .listener(collecting(seen))
              .build();
      trainer.iterate();
      seen.add(trainer.iterate().evaluation().orElseThrow());
      runs.add(seen);
    }
    assertEquals(3, runs.get(0).size());
    assertEquals(runs.get(0), runs.get(1));
  }

  private static RiseListener collecting(List<Object> seen) {
    return new RiseListener() {
      @Override
      public void episodesCollected(EpisodesCollected event) {
        seen.add(event.episodes());
      }
    };
  }

  @Test
  void turnsGrowWithTheIterationByDefaultAsInThePaper() {
    List<Object> seen = new ArrayList<>();
    RiseTrainer trainer =
        builder(WordTask.policy(), WordTask.problems("train", 8), 0)
            .listener(collecting(seen))
            .build();
    for (int k = 1; k <= 3; k++) {
      trainer.iterate();
      for (Object episode : (List<?>) seen.get(k - 1)) {
        assertEquals(k + 1, ((Episode) episode).turns().size());
      }
    }
    assertEquals(3, trainer.iterations());
  }

  @Test
  void iterationsTakeFreshProblemsUntilTheyAreUsedUp() {
    List<Object> seen = new ArrayList<>();
    RiseTrainer trainer =
        builder(WordTask.policy(), WordTask.problems("train", 10), 0)
            .problemsPerIteration(4)
            .turns(1)
            .listener(collecting(seen))
            .build();
    for (int k = 1; k <= 4; k++) {
      trainer.iterate();
    }
    List<Set<String>> ids = new ArrayList<>();
    for (Object episodes : seen) {
      Set<String> batch = new HashSet<>();
      ((List<?>) episodes).forEach(e -> batch.add(((Episode) e).problem().id()));
      assertEquals(4, batch.size());
      ids.add(batch);
    }
    // Ten give two lots of four; then all are shuffled anew.
    for (int lot : new int[] {0, 2}) {
      Set<String> both = new HashSet<>(ids.get(lot));
      both.retainAll(ids.get(lot + 1));
      assertEquals(Set.of(), both);
    }
  }

  @Test
  void aListenerThatThrowsChangesNothing() {
    RiseListener thrower =
        new RiseListener() {
          @Override
          public void phaseStarted(PhaseStarted event) {
            throw new IllegalStateException("started");
          }

          @Override
          public void phaseProgressed(PhaseProgressed event) {
            throw new IllegalStateException("progressed");
          }

          @Override
          public void iterationFinished(IterationFinished event) {
            throw new IllegalStateException("finished");
          }
        };
    ProblemSet problems = WordTask.problems("train", 12);
    java.util.logging.Logger log = java.util.logging.Logger.getLogger(RiseTrainer.class.getName());
    java.util.logging.Level before = log.getLevel();
    log.setLevel(java.util.logging.Level.OFF);
    try {
      Evaluation with =
          builder(WordTask.policy(), problems, 3)
              .listener(thrower)
              .build()
              .iterate()
              .evaluation()
              .orElseThrow();
      Evaluation without =
          builder(WordTask.policy(), problems, 3).build().iterate().evaluation().orElseThrow();
      assertEquals(without, with);
    } finally {
      log.setLevel(before);
    }
  }

  @Test
  void listenersHearEveryPhaseInOrder() {
    List<String> heard = new ArrayList<>();
    List<RiseListener.PhaseProgressed> progress = new ArrayList<>();
    RiseListener listener =
        new RiseListener() {
          @Override
          public void phaseStarted(PhaseStarted event) {
            heard.add("start " + event.phase() + " " + event.iteration());
          }

          @Override
          public void phaseProgressed(PhaseProgressed event) {
            progress.add(event);
          }

          @Override
          public void phaseFinished(PhaseFinished event) {
            heard.add("end " + event.phase() + " " + event.seconds());
          }

          @Override
          public void evaluationFinished(EvaluationFinished event) {
            heard.add("evaluation " + event.iteration());
          }

          @Override
          public void iterationFinished(IterationFinished event) {
            heard.add("iteration " + event.report().iteration());
          }
        };
    // A clock that stands still gives phases of no length.
    RiseTrainer trainer =
        builder(WordTask.policy(), WordTask.problems("train", 12), 3)
            .listener(listener)
            .nanoTime(() -> 42)
            .build();
    trainer.evaluate();
    trainer.iterate();
    assertEquals(
        List.of(
            "start EVALUATE 0",
            "end EVALUATE 0.0",
            "evaluation 0",
            "start COLLECT 1",
            "end COLLECT 0.0",
            "start RELABEL 1",
            "end RELABEL 0.0",
            "start TRAIN 1",
            "end TRAIN 0.0",
            "start EVALUATE 1",
            "end EVALUATE 0.0",
            "evaluation 1",
            "iteration 1"),
        heard);
    for (Phase phase : Set.of(Phase.COLLECT, Phase.RELABEL, Phase.TRAIN, Phase.EVALUATE)) {
      List<ProgressEvent> events =
          progress.stream()
              .filter(e -> e.phase() == phase)
              .map(RiseListener.PhaseProgressed::progress)
              .toList();
      ProgressEvent last = events.get(events.size() - 1);
      assertEquals(last.total(), last.done(), phase::name);
      assertTrue(last.tokens() > 0, phase::name);
      assertEquals(phase == Phase.TRAIN, !Double.isNaN(last.loss()), phase::name);
      assertEquals(phase == Phase.TRAIN, Double.isNaN(last.meanReward()), phase::name);
      assertTrue(events.stream().allMatch(e -> e.done() <= e.total()), phase::name);
    }
  }

  @Test
  void progressTellsThePaceAndTheTimeLeft() {
    RiseListener.PhaseProgressed event =
        new RiseListener.PhaseProgressed(
            Phase.TRAIN, 1, ProgressEvent.ofSampling(25, 100, 5000, Double.NaN), 10);
    assertEquals(500, event.tokensPerSecond());
    assertEquals(30, event.secondsLeft());
  }

  @Test
  void anIterationWithNothingToLearnSaysWhyAndCanBeTriedAgain() {
    Relabeler empty =
        (attempts, context) ->
            attempts.stream()
                .map(
                    a ->
                        new org.riselm.core.relabel.Target(
                            org.riselm.core.mdp.Response.failed(), 0, "nobody"))
                .toList();
    RiseTrainer trainer =
        builder(WordTask.policy(), WordTask.problems("train", 8), 0).relabeler(empty).build();
    IllegalStateException e = assertThrows(IllegalStateException.class, trainer::iterate);
    assertTrue(e.getMessage().contains("iteration 1"), e::getMessage);
    assertEquals(0, trainer.iterations());
  }

  @Test
  void anEvaluationMayVoteInAnotherWay() {
    RiseTrainerBuilder b =
        builder(WordTask.policy(), WordTask.problems("train", 8), 0)
            .evaluation(e -> e.episodesPerProblem(2));
    Evaluation first = b.build().evaluate();
    Evaluation none =
        b.evaluation(e -> e.vote(new VoteRules(VoteRules.Ties.NONE, VoteRules.Unreadable.ABSTAINS)))
            .build()
            .evaluate();
    // The same answers; where two words tie, nobody wins any more.
    assertEquals(first.log(), none.log());
    assertTrue(
        none.sequentialVote().estimate() < first.sequentialVote().estimate(), none::toString);
    assertEquals(2, first.log().rollouts());
    assertThrows(
        IllegalArgumentException.class, () -> b.evaluation(e -> e.episodesPerProblem(6)).build());
  }

  @Test
  void badArgumentsAreNamedAtTheCall() {
    RiseTrainerBuilder b = RiseTrainer.builder(WordTask.policy(), WordTask.problems("train", 8));
    for (Runnable call :
        List.<Runnable>of(
            () -> b.turns(0),
            () -> b.problemsPerIteration(9),
            () -> b.problemsPerIteration(0),
            () -> b.episodesPerProblem(0),
            () -> b.evaluation(e -> e.turns(0)),
            () -> b.evaluation(e -> e.samplesPerProblem(0)),
            () -> b.evaluateOn(WordTask.problems("train", 4)))) {
      assertThrows(IllegalArgumentException.class, call::run);
    }
    assertThrows(IllegalStateException.class, () -> b.build().evaluate());
    assertThrows(IllegalStateException.class, () -> b.turns(k -> 0).build().iterate());
  }

  @Test
  void theReportIsATable() {
    IterationReport report =
        builder(WordTask.policy(), WordTask.problems("train", 40), 1)
            .feedback(Feedback.truthful())
            .build()
            .iterate();
    // One token per answer: two turns, then five turns and four further first answers of 200.
    assertEquals(80, report.collected().tokens());
    assertEquals(200 * 9, report.evaluation().orElseThrow().tokens());
    assertTrue(report.relabeled().tokens() > 0, report::toString);
    String text = report.toString();
    for (String expected :
        List.of(
            "Iteration 1",
            "collect",
            "relabel",
            "weigh",
            "train",
            "evaluate",
            "m1@t1",
            "m5@t1",
            "m1@t5",
            "p1@t5",
            "feedback reveals the outcome: m1@t5 has an oracle")) {
      assertTrue(text.contains(expected), () -> "no \"" + expected + "\" in\n" + text);
    }
    assertEquals(
        Set.of(Phase.COLLECT, Phase.RELABEL, Phase.TRAIN, Phase.EVALUATE),
        report.seconds().keySet());
    assertEquals(report.relabeled().attempts(), report.weights().examples());
    assertFalse(text.contains("%n"));
  }

  @Test
  void theBaseIsEvaluatedBeforeTheFirstIterationUnlessToldNotTo() {
    RiseTrainer asked = builder(WordTask.policy(), WordTask.problems("train", 12), 3).build();
    asked.iterate();
    assertEquals(Set.of(0, 1), asked.evaluations().keySet());
    Evaluation untrained =
        builder(WordTask.policy(), WordTask.problems("train", 12), 3).build().evaluate();
    assertEquals(untrained, asked.evaluations().get(0));
    RiseTrainer told =
        builder(WordTask.policy(), WordTask.problems("train", 12), 3).evaluateBase(false).build();
    told.iterate();
    assertEquals(Set.of(1), told.evaluations().keySet());
  }

  @Test
  void aBaseThatWasEvaluatedAlreadyIsNotEvaluatedAgain() {
    List<Phase> phases = new ArrayList<>();
    RiseTrainer trainer =
        builder(WordTask.policy(), WordTask.problems("train", 12), 3)
            .listener(
                new RiseListener() {
                  @Override
                  public void phaseStarted(PhaseStarted event) {
                    phases.add(event.phase());
                  }
                })
            .build();
    trainer.evaluate();
    trainer.run(1);
    assertEquals(
        List.of(Phase.EVALUATE, Phase.COLLECT, Phase.RELABEL, Phase.TRAIN, Phase.EVALUATE), phases);
  }

  @Test
  void aCriticIsAskedInBatchesAndOnTheTrainersThread() {
    List<Integer> batches = new ArrayList<>();
    Set<Thread> threads = new HashSet<>();
    Policy critic =
        (queries, sampling, progress) -> {
          batches.add(queries.size());
          threads.add(Thread.currentThread());
          return queries.stream().map(q -> Completion.of(Response.ofText("Again."))).toList();
        };
    RiseTrainer.builder(WordTask.policy(), WordTask.problems("train", 12))
        .training(TrainingOptions.builder().learningRate(20).steps(2).build())
        .turns(2)
        .feedback(Critic.builder(critic).build())
        .build()
        .iterate();
    assertEquals(List.of(12), batches);
    assertEquals(Set.of(Thread.currentThread()), threads);
  }

  @Test
  void feedbackForBatchesIsAskedInBatchesWithADeadline() {
    List<Integer> batches = new ArrayList<>();
    Set<Thread> threads = new HashSet<>();
    BatchFeedback tool =
        new BatchFeedback() {
          @Override
          public List<String> after(List<Problem> problems, List<Turn> turns) {
            batches.add(turns.size());
            threads.add(Thread.currentThread());
            return turns.stream().map(t -> "Again.").toList();
          }

          @Override
          public boolean revealsOutcome() {
            return false;
          }
        };
    RiseTrainer.builder(WordTask.policy(), WordTask.problems("train", 12))
        .training(TrainingOptions.builder().learningRate(20).steps(2).build())
        .turns(2)
        .feedback(tool)
        .build()
        .iterate();
    assertEquals(List.of(12), batches);
    assertTrue(!threads.contains(Thread.currentThread()));
  }
}
