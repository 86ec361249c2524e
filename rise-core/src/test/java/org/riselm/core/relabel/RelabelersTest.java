package org.riselm.core.relabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.riselm.core.IterationReport.RelabelStats;
import org.riselm.core.WordTask;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.State;
import org.riselm.core.mdp.Tokens;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Completion;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScriptedPolicy;
import org.riselm.core.relabel.BestOfOptions.NoneBetter;
import org.riselm.core.relabel.BestOfOptions.Ties;

class RelabelersTest {
  /** A response is worth the number it says. */
  private static final Reward NUMBER = (p, said) -> Double.parseDouble(said);

  private static final long SEED = 3;
  private static final int ITERATION = 2;

  private static Attempt attempt(String id, String said) {
    Turn turn = Turn.of(Response.ofText(said), NUMBER.score(Problem.of(id, "?", "0.75"), said));
    return new Attempt(State.initial(Problem.of(id, "?", "0.75")), turn, 0);
  }

  private static RelabelContext context(Policy policy) {
    return RelabelContext.builder(policy, NUMBER)
        .sampling(SamplingOptions.ofMaxNewTokens(5))
        .seed(SEED)
        .iteration(ITERATION)
        .build();
  }

  /** A learner whose n-th draw in any state says the n-th of {@code draws}. */
  private static Policy drawing(List<String> draws) {
    return new ScriptedPolicy(
        (state, seed) -> {
          for (int draw = 1; draw <= draws.size(); draw++) {
            if (seed
                == Seeds.ofResponse(SEED, ITERATION, state.problem().id(), 0, state.turn(), draw)) {
              return draws.get(draw - 1);
            }
          }
          throw new IllegalStateException("a draw too many");
        });
  }

  @Provide
  Arbitrary<List<String>> draws() {
    return Arbitraries.of("0", "0.0", "0.5", "0.50", "1", "1.0", "2", "unreadable")
        .list()
        .ofSize(9);
  }

  @Property(tries = 300)
  void bestOfIsTheFirstRightOneElseTheFirstBest(
      @ForAll("draws") List<String> said, @ForAll @IntRange(min = 1, max = 8) int n) {
    String own = said.get(0).equals("unreadable") ? "0" : said.get(0);
    List<String> more = said.subList(1, 1 + n);

    // Brute force over the draws one at a time.
    String expected = own;
    for (String draw : more) {
      if (Double.parseDouble(expected) >= 1) {
        break;
      }
      if (!draw.equals("unreadable") && Double.parseDouble(draw) > Double.parseDouble(expected)) {
        expected = draw;
      }
    }

    Attempt attempt = attempt("p", own);
    Target relabel = Relabelers.bestOf(n).relabel(List.of(attempt), context(drawing(more))).get(0);
    assertEquals(expected, relabel.response().text());
    assertEquals(Double.parseDouble(expected), relabel.reward());
    assertTrue(relabel.reward() >= attempt.turn().reward());
  }

  private static String chosen(BestOfOptions choice, String own, String... more) {
    Target relabel =
        Relabelers.bestOf(more.length, choice)
            .relabel(List.of(attempt("p", own)), context(drawing(List.of(more))))
            .get(0);
    return relabel.source() + ": " + relabel.response().text();
  }

  @Test
  void rulesDecideAmongEquallyGoodDraws() {
    BestOfOptions shortest = BestOfOptions.builder().ties(Ties.SHORTEST).build();
    BestOfOptions nearest = BestOfOptions.builder().ties(Ties.NEAREST).build();
    // The number is the last word; text before it is how the answer was come by.
    Reward last = (p, said) -> Double.parseDouble(said.substring(said.lastIndexOf(' ') + 1));
    List<String> draws = List.of("a b c 1", "x 1", "a b 1", "a b 0");
    Attempt attempt =
        new Attempt(
            State.initial(Problem.of("p", "?", "1")), Turn.of(Response.ofText("a b 0"), 0), 0);
    RelabelContext context =
        RelabelContext.builder(drawing(draws), last)
            .sampling(SamplingOptions.ofMaxNewTokens(9))
            .seed(SEED)
            .iteration(ITERATION)
            .build();
    for (Map.Entry<BestOfOptions, String> expected :
        Map.of(BestOfOptions.ofDefaults(), "a b c 1", shortest, "x 1", nearest, "a b 1")
            .entrySet()) {
      Target relabel =
          Relabelers.bestOf(4, expected.getKey()).relabel(List.of(attempt), context).get(0);
      assertEquals(expected.getValue(), relabel.response().text(), expected::toString);
    }
  }

  @Test
  void whereNoneIsBetterTheAttemptMayBeDropped() {
    BestOfOptions drop = BestOfOptions.builder().noneBetter(NoneBetter.DROP).build();
    assertEquals("own: 0.5", chosen(BestOfOptions.ofDefaults(), "0.5", "0.5", "0"));
    assertEquals("none better: ", chosen(drop, "0.5", "0.5", "0"));
    assertEquals("best of 2: 0.75", chosen(drop, "0.5", "0", "0.75"));
    assertEquals("own: 1", chosen(drop, "1", "1", "1"));
    assertNotEquals(Relabelers.bestOf(2).toString(), Relabelers.bestOf(2, drop).toString());
  }

  @Test
  void bestOfKeepsARightOneWithoutDrawing() {
    Attempt right = attempt("p", "1");
    Policy none =
        (queries, sampling, progress) -> {
          throw new AssertionError("nothing to draw");
        };
    Target relabel = Relabelers.bestOf(4).relabel(List.of(right), context(none)).get(0);
    assertSame(right.turn().response(), relabel.response());
    assertEquals(Target.OWN, relabel.source());
  }

  @Test
  void bestOfDoesNotDependOnTheOtherAttempts() {
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      attempts.add(
          new Attempt(
              State.initial(WordTask.problems("p", 20).problems().get(i)),
              Turn.of(Response.ofText("black"), 0),
              0));
    }
    RelabelContext context =
        RelabelContext.builder(WordTask.policy(), WordTask.VERIFIER)
            .sampling(SamplingOptions.ofMaxNewTokens(1))
            .seed(SEED)
            .iteration(ITERATION)
            .build();
    List<Target> together = Relabelers.bestOf(3).relabel(attempts, context);
    for (int i = 0; i < attempts.size(); i++) {
      assertEquals(
          List.of(together.get(i)),
          Relabelers.bestOf(3).relabel(List.of(attempts.get(i)), context));
    }
    long right = together.stream().filter(r -> r.reward() == 1).count();
    assertTrue(right > 0 && right < 20, () -> right + " of 20 right");
  }

  @Property(tries = 100)
  void aTeacherIsTakenUnlessItFailsOrIsWorse(
      @ForAll("draws") List<String> said, @ForAll("draws") List<String> taught) {
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      attempts.add(attempt("p" + i, said.get(i).equals("unreadable") ? "0" : said.get(i)));
    }
    Policy teacher =
        new ScriptedPolicy(
            (s, seed) -> taught.get(Integer.parseInt(s.problem().id().substring(1))));
    List<Target> relabels = Relabelers.teacher(teacher).relabel(attempts, context(teacher));
    for (int i = 0; i < attempts.size(); i++) {
      double own = attempts.get(i).turn().reward();
      boolean readable = !taught.get(i).equals("unreadable");
      boolean taken = readable && Double.parseDouble(taught.get(i)) >= own;
      assertEquals(
          taken ? "teacher" : readable ? "own" : "own (teacher failed)", relabels.get(i).source());
      assertTrue(relabels.get(i).reward() >= own);
    }
  }

  @Test
  void aTeacherThatFailsFallsBackToTheOwn() {
    Policy down =
        (queries, sampling, progress) ->
            queries.stream().map(q -> Completion.failed("timed out")).toList();
    Attempt attempt = attempt("p", "0.5");
    Target relabel = Relabelers.teacher(down).relabel(List.of(attempt), context(down)).get(0);
    assertSame(attempt.turn().response(), relabel.response());
    assertEquals("own (teacher failed)", relabel.source());
  }

  @Test
  void aTeachersTokenIdsAreNotTaken() {
    Policy other =
        (queries, sampling, progress) ->
            List.of(Completion.of(new Response("1", Tokens.of(7, 8), FinishReason.LENGTH)));
    Response taken =
        Relabelers.teacher(other)
            .relabel(List.of(attempt("p", "0")), context(other))
            .get(0)
            .response();
    assertEquals(new Response("1", Tokens.none(), FinishReason.LENGTH), taken);
  }

  @Test
  void aTeacherMayBeSampledItsOwnWay() {
    List<SamplingOptions> asked = new ArrayList<>();
    Policy teacher =
        (queries, sampling, progress) -> {
          asked.add(sampling);
          return List.of(Completion.of(Response.ofText("1")));
        };
    SamplingOptions own = SamplingOptions.greedy(9);
    Relabelers.teacher(teacher, own).relabel(List.of(attempt("p", "0")), context(teacher));
    Relabelers.teacher(teacher).relabel(List.of(attempt("p", "0")), context(teacher));
    assertEquals(List.of(own, SamplingOptions.ofMaxNewTokens(5)), asked);
  }

  @Test
  void theReferenceIsTakenUnlessItThrowsOrIsWorse() {
    Policy none = new ScriptedPolicy((s, seed) -> "0");
    List<Attempt> attempts = List.of(attempt("p", "0.5"), attempt("p", "1"));
    List<Target> relabels = Relabelers.reference().relabel(attempts, context(none));
    assertEquals(List.of("reference", "own"), relabels.stream().map(Target::source).toList());
    assertEquals("0.75", relabels.get(0).response().text());
    List<Target> fallen =
        Relabelers.reference(
                p -> {
                  throw new IllegalStateException("no solution");
                })
            .relabel(attempts, context(none));
    assertEquals("own (reference failed)", fallen.get(0).source());
  }

  @Test
  void everyAnsweredTurnIsAnAttempt() {
    Problem problem = Problem.of("p", "?", "1");
    Turn first = Turn.of(Response.ofText("0"), 0).withFeedback("no");
    Turn second = Turn.of(Response.ofText("0.5"), 0.5).withFeedback("no");
    Turn failed = new Turn(Response.failed(), 0, null, "policy: too long");
    Episode episode =
        new Episode(problem, 3, List.of(first, second, failed), Episode.EndReason.TRUNCATED);
    List<Attempt> attempts = Attempt.in(List.of(episode), HistoryWindow.latest());
    assertEquals(
        List.of(
            new Attempt(State.initial(problem), first, 3),
            new Attempt(new State(problem, List.of(first), 2), second, 3)),
        attempts);
  }

  @Test
  void statsCountBySource() {
    List<RelabeledAttempt> relabeled =
        List.of(
            new RelabeledAttempt(attempt("a", "0"), new Target(Response.ofText("1"), 1, "teacher")),
            new RelabeledAttempt(attempt("b", "0.5"), Target.own(attempt("b", "0.5"))));
    assertEquals(
        new RelabelStats(2, Map.of("teacher", 1, "own", 1), 1, 0.25, 0.75, 90),
        RelabelStats.of(relabeled, 90));
  }

  @Test
  void drawingNothingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Relabelers.bestOf(0));
  }
}
