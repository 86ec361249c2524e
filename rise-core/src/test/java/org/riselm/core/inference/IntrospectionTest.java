package org.riselm.core.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.riselm.core.WordTask;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationOptions;
import org.riselm.core.evaluation.Evaluator;
import org.riselm.core.inference.VoteRules.Ties;
import org.riselm.core.inference.VoteRules.Unreadable;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Episode.EndReason;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScriptedPolicy;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.ProblemSet;

class IntrospectionTest {
  private static final Feedback NEUTRAL = Feedback.neutral("Think again.");
  private static final Gsm8kVerifier VERIFIER = new Gsm8kVerifier();
  private static final IntrospectionOptions FIVE =
      IntrospectionOptions.builder(NEUTRAL)
          .turns(5)
          .sampling(SamplingOptions.ofMaxNewTokens(10))
          .build();

  private static final Map<String, List<String>> ANSWERS =
      Map.of(
          "late", List.of("1", "2", "7", "2", "2"),
          "never", List.of("1", "2", "3", "4", "4"),
          "mute", List.of("?", "?", "?", "?", "?"));

  private static List<Problem> problems() {
    return ANSWERS.keySet().stream().sorted().map(id -> Problem.of(id, id, "#### 7")).toList();
  }

  private static Policy scripted() {
    return new ScriptedPolicy(
        (state, seed) -> "#### " + ANSWERS.get(state.problem().id()).get(state.turn() - 1));
  }

  private static List<String> texts(List<IntrospectionResult> conclusions) {
    return conclusions.stream()
        .map(c -> c.problem().id() + ": " + c.response().map(Response::text).orElse("none"))
        .toList();
  }

  @Test
  void anOracleStopsAtTheFirstRightAnswer() {
    List<IntrospectionResult> found =
        Introspection.withOracle(scripted(), VERIFIER, FIVE).answer(problems(), 1);
    assertEquals(List.of("late: #### 7", "mute: #### ?", "never: #### 4"), texts(found));
    assertEquals(3, found.get(0).episodes().get(0).turns().size());
    assertTrue(found.get(0).accepted());
    assertFalse(found.get(2).accepted());
  }

  @Test
  void aVoteTakesAllTurns() {
    Introspection vote = Introspection.byVote(scripted(), VERIFIER, VoteRules.DEFAULT, FIVE);
    List<IntrospectionResult> found = vote.answer(problems(), 1);
    assertEquals(List.of("late: #### 2", "mute: none", "never: #### 4"), texts(found));
    found.forEach(c -> assertEquals(5, c.episodes().get(0).turns().size()));
    assertTrue(found.stream().noneMatch(IntrospectionResult::accepted));
    VoteRules none = new VoteRules(Ties.NONE, Unreadable.ABSTAINS);
    IntrospectionOptions two = FIVE.toBuilder().turns(2).build();
    assertEquals(
        List.of("late: none", "mute: none", "never: none"),
        texts(Introspection.byVote(scripted(), VERIFIER, none, two).answer(problems(), 1)));
  }

  @Test
  void aJudgeAcceptsWithoutKnowingTheAnswer() {
    // It likes odd answers above 1.
    Introspection judged =
        Introspection.byJudge(
            scripted(),
            (problem, response) -> response.matches(".*[3579]") ? 1 : 0,
            VERIFIER,
            VoteRules.DEFAULT,
            FIVE);
    List<IntrospectionResult> found = judged.answer(problems(), 1);
    assertEquals(List.of("late: #### 7", "mute: none", "never: #### 3"), texts(found));
    assertTrue(found.get(2).accepted());
    assertFalse(found.get(1).accepted());
  }

  @Test
  void aVoteHasNobodyToTellTheTruth() {
    IntrospectionOptions truthful =
        IntrospectionOptions.builder(Feedback.truthful())
            .turns(2)
            .sampling(SamplingOptions.ofMaxNewTokens(9))
            .build();
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Introspection.byVote(scripted(), VERIFIER, VoteRules.DEFAULT, truthful))
            .getMessage();
    assertTrue(message.contains("neutral"), message);
  }

  @Test
  void everyTurnIsHeardAsItComes() {
    List<String> heard = new ArrayList<>();
    Introspection.withOracle(scripted(), VERIFIER, FIVE.toBuilder().turns(3).build())
        .answer(
            problems(),
            1,
            (problem, sample, number, turn) ->
                heard.add(problem.id() + number + turn.response().text().substring(4)));
    assertEquals(
        List.of(
            "late1 1",
            "mute1 ?",
            "never1 1",
            "late2 2",
            "mute2 ?",
            "never2 2",
            "late3 7",
            "mute3 ?",
            "never3 3"),
        heard);
  }

  @Test
  void aFailedPolicyConcludesNothing() {
    Policy down =
        new ScriptedPolicy(
            (state, seed) -> {
              throw new IllegalStateException("down");
            });
    for (Introspection i :
        List.of(
            Introspection.withOracle(down, VERIFIER, FIVE),
            Introspection.byVote(down, VERIFIER, VoteRules.DEFAULT, FIVE))) {
      assertTrue(i.answer(problems(), 1).stream().allMatch(c -> c.response().isEmpty()));
    }
  }

  @Test
  void noShapeOfTheGridTakesMoreThanItsTokens() {
    ProblemSet problems = WordTask.problems("p", 20);
    IntrospectionOptions one =
        IntrospectionOptions.builder(NEUTRAL)
            .turns(1)
            .sampling(SamplingOptions.ofMaxNewTokens(1))
            .build();
    Set<String> shapes = new HashSet<>();
    for (IntrospectionOptions shape : one.grid(12)) {
      shapes.add(shape.episodesPerProblem() + "x" + shape.turns());
      long budget = Math.max(shape.episodesPerProblem(), 7);
      List<IntrospectionResult> found =
          Introspection.byVote(
                  WordTask.policy(),
                  WordTask.VERIFIER,
                  VoteRules.DEFAULT,
                  shape.toBuilder().tokensPerProblem(budget).build())
              .answer(problems.problems(), 3);
      for (IntrospectionResult c : found) {
        // Every answer is one token, so all of the budget is used.
        assertEquals(budget, c.tokens());
        assertEquals(
            c.tokens() < 12,
            c.episodes().stream().map(Episode::endReason).anyMatch(EndReason.TOKEN_BUDGET::equals));
      }
    }
    assertEquals(Set.of("12x1", "6x2", "4x3", "3x4", "2x6", "1x12"), shapes);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    Introspection.withOracle(
                            WordTask.policy(),
                            WordTask.VERIFIER,
                            one.toBuilder().episodesPerProblem(4).tokensPerProblem(3).build())
                        .answer(problems.problems(), 3))
            .getMessage();
    assertTrue(message.contains("4 first turns"), message);
  }

  /** Deployment and evaluation are one thing: the same seeds give the same votes. */
  @Test
  void aVoteIsRightAsOftenAsItsMetricSays() {
    ProblemSet problems = WordTask.problems("p", 40);
    SamplingOptions sampling = SamplingOptions.ofMaxNewTokens(1);
    Evaluation evaluation =
        new Evaluator(
                problems, EvaluationOptions.builder().sampling(sampling).feedback(NEUTRAL).build())
            .evaluate(WordTask.policy(), 9, ProgressListener.NONE);
    List<IntrospectionResult> found =
        Introspection.byVote(
                WordTask.policy(),
                WordTask.VERIFIER,
                VoteRules.DEFAULT,
                IntrospectionOptions.builder(NEUTRAL).turns(5).sampling(sampling).build())
            .answer(problems.problems(), Seeds.derive(9, Seeds.coordinate("evaluation")));
    long right =
        found.stream()
            .filter(
                c ->
                    c.response()
                        .filter(x -> WordTask.VERIFIER.correct(c.problem(), x.text()))
                        .isPresent())
            .count();
    assertEquals(evaluation.sequentialVote().estimate(), right / 40.0, 1e-12);
  }
}
