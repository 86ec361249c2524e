package org.riselm.core.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.riselm.core.WordTask;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScriptedPolicy;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.ProblemSet;

class EvaluatorTest {
  private static final long SEED = 11;
  private static final Feedback NEUTRAL = Feedback.neutral("Think again.");

  private static EvaluationOptions options(Feedback feedback) {
    return EvaluationOptions.builder()
        .sampling(SamplingOptions.ofMaxNewTokens(20))
        .feedback(feedback)
        .build();
  }

  /** Answers by problem: five turns' answers, then the further four of the first turn. */
  private static final Map<String, List<String>> ANSWERS =
      Map.of(
          // Wrong, then right for good. In parallel: wrong by three to two.
          "improves", List.of("1", "7", "7", "7", "7", "7", "1", "7", "1"),
          // Right first, then wrong for good. In parallel: right.
          "spoils", List.of("7", "1", "1", "1", "1", "7", "7", "7", "7"),
          // Never right, in neither way.
          "fails", List.of("1", "2", "3", "4", "5", "1", "1", "1", "1"),
          // Right once in the middle, mute otherwise: the one answer wins the vote.
          "blinks", List.of("none", "none", "7", "none", "none", "none", "7", "8", "8"));

  private static ProblemSet problems() {
    return new ProblemSet(
        "four",
        ANSWERS.keySet().stream().sorted().map(id -> Problem.of(id, id + "?", "#### 7")).toList(),
        new Gsm8kVerifier());
  }

  private static Policy scripted() {
    long stream = Seeds.derive(SEED, Seeds.coordinate("evaluation"));
    return new ScriptedPolicy(
        (state, seed) -> {
          String id = state.problem().id();
          int place = state.turn() - 1;
          for (int sample = 1; sample < 5; sample++) {
            if (seed == Seeds.ofResponse(stream, 0, id, sample, 1, 0)) {
              place = 4 + sample;
            }
          }
          return "#### " + ANSWERS.get(id).get(place);
        });
  }

  private static Evaluation evaluate(Policy policy, Feedback feedback) {
    return new Evaluator(problems(), options(feedback))
        .evaluate(policy, SEED, ProgressListener.NONE);
  }

  @Test
  void theMetricsByHand() {
    Evaluation e = evaluate(scripted(), NEUTRAL);
    assertEquals(
        List.of(0.25, 0.25, 0.5, 0.25, 0.25),
        e.accuracyByTurn().stream().map(Interval::estimate).toList());
    Map<String, Double> estimates = new LinkedHashMap<>();
    e.metrics().forEach((name, value) -> estimates.put(name, value.estimate()));
    Map<String, Double> expected = new LinkedHashMap<>();
    expected.put("m1@t1", 0.25); // spoils
    expected.put("m5@t1", 0.25); // spoils; improves loses by 2 to 3, blinks by 1 to 2
    expected.put("m1@t5", 0.5); // improves, blinks
    expected.put("p1@t5", 0.75); // all but fails
    expected.put("p5@t1", 0.75); // all but fails
    expected.put("incorrectToCorrect", 0.25); // improves
    expected.put("correctToIncorrect", 0.25); // spoils
    assertEquals(new ArrayList<>(expected.entrySet()), new ArrayList<>(estimates.entrySet()));
    assertEquals(0.25, e.gain().estimate(), 1e-12);
    assertEquals(Interval.wilson(2, 4), e.sequentialVote());
    assertEquals(4, e.episodes().size());
    assertEquals(0, e.failures());
  }

  @Test
  void theOrderOfTheProblemsDoesNotMatter() {
    ProblemSet problems = WordTask.problems("p", 30);
    List<Evaluation> both = new ArrayList<>();
    for (ProblemSet set : List.of(problems, problems.shuffled(4))) {
      both.add(
          new Evaluator(set, options(NEUTRAL))
              .evaluate(WordTask.policy(), SEED, ProgressListener.NONE));
    }
    assertEquals(both.get(0).metrics(), both.get(1).metrics());
    assertEquals(both.get(0).accuracyByTurn(), both.get(1).accuracyByTurn());
  }

  @Test
  void aResponseThatCannotBeSampledCountsAsIncorrectAndIsCounted() {
    Policy failsLater =
        new ScriptedPolicy(
            (state, seed) -> {
              if (state.turn() == 3) {
                throw new IllegalStateException("too long");
              }
              return "#### 7";
            });
    Evaluation e = evaluate(failsLater, NEUTRAL);
    assertEquals(
        List.of(1.0, 1.0, 0.0, 0.0, 0.0),
        e.accuracyByTurn().stream().map(Interval::estimate).toList());
    assertEquals(1, e.sequentialVote().estimate());
    assertEquals(1, e.correctToIncorrect().estimate());
    assertEquals(4, e.failures());
    assertTrue(e.toString().contains("4 responses could not be sampled"), e::toString);
  }

  @Test
  void eachFailureIsCountedOnce() {
    Policy down =
        new ScriptedPolicy(
            (state, seed) -> {
              throw new IllegalStateException("down");
            });
    // Four problems with one first turn, which ends the rollout, and four further first answers.
    assertEquals(20, evaluate(down, NEUTRAL).failures());
  }

  @Test
  void anOracleInTheLoopIsFlagged() {
    String flag = "feedback reveals the outcome: m1@t5 has an oracle";
    assertTrue(evaluate(scripted(), Feedback.truthful()).toString().contains(flag));
    assertFalse(evaluate(scripted(), NEUTRAL).toString().contains(flag));
  }

  @Test
  void stagesAreComparedInOneTable() {
    Evaluation e = evaluate(scripted(), NEUTRAL);
    Map<String, Evaluation> stages = new LinkedHashMap<>();
    stages.put("base", e);
    stages.put("iteration 1", e);
    List<String> lines = EvaluationTables.compare(stages).lines().toList();
    assertEquals(5, lines.size());
    assertTrue(lines.get(1).contains("m1@t5") && lines.get(1).contains("correct→incorrect"));
    assertTrue(lines.get(3).startsWith("base"), () -> lines.get(3));
    assertTrue(lines.get(4).contains("25.0 25.0 50.0 25.0 25.0"), () -> lines.get(4));
    assertThrows(IllegalArgumentException.class, () -> EvaluationTables.compare(Map.of()));
  }

  @Test
  void theDetailsNameWhatVotingCosts() {
    String details = EvaluationTables.details(evaluate(scripted(), NEUTRAL).log(), SEED);
    for (String expected :
        List.of(
            "Δ from turn 1 to 5, %",
            "answer changed, per revision, %",
            "m1@t5, %",
            "m5@t1, as many responses, %",
            "tokens of 5 turns")) {
      assertTrue(details.contains(expected), () -> "no \"" + expected + "\" in\n" + details);
    }
    // improves and spoils change once in four revisions, fails every time, blinks twice.
    Evaluation e = evaluate(scripted(), NEUTRAL);
    assertEquals(
        (0.25 + 0.25 + 1 + 0.5) / 4, Metric.answerChange().over(e.log(), SEED).estimate(), 1e-12);
    assertEquals(e.parallelVote(), Metric.named("m5@t1").over(e.log(), SEED));
  }

  @Test
  void severalRolloutsGiveAGrid() {
    EvaluationOptions grid =
        EvaluationOptions.builder()
            .turns(3)
            .samplesPerProblem(4)
            .episodesPerProblem(2)
            .sampling(SamplingOptions.ofMaxNewTokens(1))
            .feedback(NEUTRAL)
            .build();
    ProblemSet words = WordTask.problems("p", 50);
    EvaluationLog log =
        new Evaluator(words, grid).evaluate(WordTask.policy(), SEED, ProgressListener.NONE).log();
    // Two rollouts of three turns and two more first answers, of one token each.
    assertEquals(6, Metric.tokens(2, 3).over(log, 1).estimate());
    assertEquals(4, Metric.tokens(4, 1).over(log, 1).estimate());
    double one = Metric.named("p1@t3").over(log, 1).estimate();
    double two = Metric.named("p2@t3").over(log, 1).estimate();
    assertTrue(two > one, () -> two + " against " + one);
    assertThrows(IllegalArgumentException.class, () -> Metric.named("m3@t3").values(log));
    assertThrows(
        IllegalArgumentException.class, () -> grid.toBuilder().episodesPerProblem(5).build());
  }

  @Test
  void progressCoversBothParts() {
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    new Evaluator(problems(), options(NEUTRAL))
        .evaluate(
            scripted(),
            SEED,
            event -> {
              done.add(event.done());
              totals.add(event.total());
            });
    // Four problems with five turns and four further first answers each.
    assertEquals(36, done.get(done.size() - 1));
    assertTrue(totals.stream().allMatch(t -> t == 36), totals::toString);
    assertEquals(done.stream().sorted().toList(), done);
  }

  @Test
  void oneTurnAndOneSampleAreEnough() {
    EvaluationOptions one =
        EvaluationOptions.builder()
            .turns(1)
            .samplesPerProblem(1)
            .historyWindow(HistoryWindow.all())
            .sampling(SamplingOptions.ofMaxNewTokens(9))
            .feedback(NEUTRAL)
            .build();
    Evaluation e = new Evaluator(problems(), one).evaluate(scripted(), SEED, ProgressListener.NONE);
    assertEquals(0.25, e.metrics().get("m1@t1").estimate());
    assertEquals(0, e.gain().estimate());
    assertThrows(IllegalArgumentException.class, () -> one.toBuilder().turns(0));
  }

  @Test
  void aSetThatIsOnlyScoredHasNoVotes() {
    ProblemSet scored =
        ProblemSet.scored(
            "scored", problems().problems(), (problem, response) -> response.contains("7") ? 1 : 0);
    Evaluation e =
        new Evaluator(scored, options(NEUTRAL)).evaluate(scripted(), SEED, ProgressListener.NONE);
    Evaluation verified = evaluate(scripted(), NEUTRAL);
    assertEquals(verified.accuracyByTurn(), e.accuracyByTurn());
    assertEquals(verified.passAtTurns(), e.passAtTurns());
    assertEquals(verified.accuracyByTurn().get(4).estimate(), e.score());
    assertEquals(
        List.of("m1@t1", "p1@t5", "p5@t1", "incorrectToCorrect", "correctToIncorrect"),
        List.copyOf(e.metrics().keySet()));
    assertThrows(IllegalStateException.class, e::parallelVote);
    assertTrue(!e.toString().contains("m5@t1"), e::toString);
  }

  @Test
  void theDefaultsAreEnoughToEvaluate() {
    Evaluation e = new Evaluator(problems()).evaluate(scripted());
    assertEquals(5, e.turns());
    assertEquals(5, e.samplesPerProblem());
    assertTrue(e.revealsOutcome());
  }
}
