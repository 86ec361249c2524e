package org.riselm.core.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.riselm.core.IterationReport.RolloutStats;
import org.riselm.core.WordTask;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Episode.EndReason;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Feedback.BatchFeedback;
import org.riselm.core.mdp.HistoryWindow;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.Policy;
import org.riselm.core.policy.ProgressListener;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.ScriptedPolicy;

class EpisodeCollectorTest {
  private static final Reward EXACT = (p, said) -> p.reference().equals(said) ? 1 : 0;
  private static final Feedback FEEDBACK = Feedback.truthful("right", "wrong");

  private static RolloutOptions options(int turns, boolean stop, int samples, Reward reward) {
    return RolloutOptions.builder(reward)
        .turns(turns)
        .stopWhenCorrect(stop)
        .episodesPerProblem(samples)
        .sampling(SamplingOptions.ofMaxNewTokens(20))
        .feedback(FEEDBACK)
        .build();
  }

  private static List<Episode> collect(Policy policy, RolloutOptions options, Problem... problems) {
    return new EpisodeCollector(options)
        .collect(policy, List.of(problems), 1, 1, ProgressListener.NONE);
  }

  private static Problem problem(String id) {
    return Problem.of(id, "say " + id, id);
  }

  @Property(tries = 50)
  void anEpisodeDoesNotDependOnItsNeighbours(
      @ForAll @IntRange(min = 1, max = 12) int count,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int samples,
      @ForAll boolean stop) {
    RolloutOptions options = options(3, stop, samples, WordTask.VERIFIER);
    List<Problem> problems = WordTask.problems("p", count).problems();
    EpisodeCollector collector = new EpisodeCollector(options);
    List<Episode> all =
        collector.collect(WordTask.policy(), problems, seed, 2, ProgressListener.NONE);

    List<Problem> permuted = new ArrayList<>(problems);
    Collections.shuffle(permuted, new Random(seed));
    List<Episode> other =
        collector.collect(WordTask.policy(), permuted, seed, 2, ProgressListener.NONE);
    assertEquals(byCoordinates(all), byCoordinates(other));

    List<Episode> alone =
        collector.collect(
            WordTask.policy(), problems.subList(0, 1), seed, 2, ProgressListener.NONE);
    assertEquals(all.subList(0, samples), alone);
    assertEquals((long) count * samples, all.size());
  }

  private static Object byCoordinates(List<Episode> episodes) {
    return episodes.stream()
        .collect(Collectors.toMap(e -> e.problem().id() + "/" + e.sample(), Function.identity()));
  }

  @Test
  void seedsDifferByIterationSampleAndTurn() {
    ScriptedPolicy seeds = new ScriptedPolicy((state, seed) -> "seed " + seed);
    Set<String> seen = new HashSet<>();
    EpisodeCollector collector = new EpisodeCollector(options(3, true, 2, EXACT));
    for (int iteration = 1; iteration <= 2; iteration++) {
      for (Episode e :
          collector.collect(
              seeds, List.of(problem("a"), problem("b")), 5, iteration, ProgressListener.NONE)) {
        e.turns().forEach(t -> seen.add(t.response().text()));
      }
    }
    // Two iterations of two problems with two samples of three turns.
    assertEquals(24, seen.size());
  }

  @Test
  void stopsAtSuccessOnlyIfAsked() {
    Policy rightAtTwo =
        new ScriptedPolicy((s, seed) -> s.turn() == 1 ? "no" : s.problem().reference());
    Episode stopped = collect(rightAtTwo, options(4, true, 1, EXACT), problem("a")).get(0);
    assertEquals(EndReason.CORRECT, stopped.endReason());
    assertEquals(List.of(0.0, 1.0), stopped.turns().stream().map(Turn::reward).toList());
    assertNull(stopped.turns().get(1).feedback());

    Episode whole = collect(rightAtTwo, options(4, false, 1, EXACT), problem("a")).get(0);
    assertEquals(EndReason.TURN_LIMIT, whole.endReason());
    assertEquals(4, whole.turns().size());
    assertEquals(
        List.of("wrong", "right", "right"),
        whole.turns().stream().limit(3).map(Turn::feedback).toList());
  }

  @Test
  void aFailedAnswerCutsItsEpisodeShortAndNoOther() {
    Policy failing =
        new ScriptedPolicy(
            (s, seed) -> {
              if (s.problem().id().equals("bad") && s.turn() == 2) {
                throw new IllegalStateException("context is full");
              }
              return "no";
            });
    List<Episode> episodes =
        collect(failing, options(3, true, 1, EXACT), problem("good"), problem("bad"));
    assertEquals(EndReason.TURN_LIMIT, episodes.get(0).endReason());
    assertEquals(EndReason.TRUNCATED, episodes.get(1).endReason());
    Turn failed = episodes.get(1).turns().get(1);
    assertTrue(String.valueOf(failed.failure()).contains("context is full"));
    assertEquals(0, failed.reward());
    RolloutStats stats = RolloutStats.of(episodes, Optional.empty());
    assertEquals(new RolloutStats(2, 5, 0, 1, 1, 0, 0, Optional.empty()), stats);
  }

  @Test
  void aRewardThatThrowsOrIsNotFiniteIsRecorded() {
    Policy policy = new ScriptedPolicy((s, seed) -> "no");
    Reward throwing =
        (p, said) -> {
          throw new IllegalArgumentException("cannot read it");
        };
    for (Reward reward : List.of(throwing, (p, said) -> Double.NaN)) {
      Episode episode = collect(policy, options(2, true, 1, reward), problem("a")).get(0);
      assertEquals(2, episode.turns().size());
      for (Turn turn : episode.turns()) {
        assertEquals(0, turn.reward());
        assertTrue(String.valueOf(turn.failure()).startsWith("reward: "));
        assertEquals("no", turn.response().text());
      }
    }
  }

  @Test
  void aFeedbackThatThrowsOrIsBlankIsRecorded() {
    Policy policy = new ScriptedPolicy((s, seed) -> "no");
    Feedback throwing =
        new Feedback() {
          @Override
          public String after(Problem problem, Turn turn) {
            throw new IllegalStateException("nothing to say");
          }

          @Override
          public boolean revealsOutcome() {
            return false;
          }
        };
    Feedback nothing = Feedback.of("nothing", false, (problem, turn) -> null);
    for (Feedback feedback : List.of(throwing, nothing, Feedback.neutral(" "))) {
      RolloutOptions options =
          RolloutOptions.builder(EXACT)
              .turns(2)
              .stopWhenCorrect(true)
              .historyWindow(HistoryWindow.all())
              .sampling(SamplingOptions.ofMaxNewTokens(9))
              .feedback(feedback)
              .build();
      Episode episode = collect(policy, options, problem("a")).get(0);
      assertEquals(EndReason.TRUNCATED, episode.endReason());
      assertTrue(String.valueOf(episode.turns().get(0).failure()).startsWith("feedback: "));
    }
  }

  @Test
  void oneFeedbackOfABatchThatIsMissingEndsItsEpisodeOnly() {
    BatchFeedback feedback =
        new BatchFeedback() {
          @Override
          public List<String> after(List<Problem> problems, List<Turn> turns) {
            return Arrays.asList("again", null);
          }

          @Override
          public boolean revealsOutcome() {
            return false;
          }
        };
    RolloutOptions options = RolloutOptions.builder(EXACT).turns(2).feedback(feedback).build();
    Policy policy = new ScriptedPolicy((s, seed) -> "no");
    List<Episode> episodes = collect(policy, options, problem("a"), problem("b"));
    assertEquals(2, episodes.get(0).turns().size());
    assertEquals(EndReason.TRUNCATED, episodes.get(1).endReason());
    assertEquals("feedback: it is null", episodes.get(1).turns().get(0).failure());
  }

  @Test
  void progressEndsWhereTheEpisodesDo() {
    List<String> heard = new ArrayList<>();
    List<Problem> problems = IntStream.range(0, 6).mapToObj(i -> problem("p" + i)).toList();
    Policy half =
        new ScriptedPolicy(
            (s, seed) -> s.problem().id().compareTo("p3") < 0 ? s.problem().reference() : "no");
    List<Episode> episodes =
        new EpisodeCollector(options(3, true, 1, EXACT))
            .collect(
                half,
                problems,
                1,
                1,
                e -> {
                  assertTrue(e.done() <= e.total());
                  heard.add(e.done() + "/" + e.total() + " " + e.meanReward());
                });
    // Three right at once; three wrong three times: 12 answers, a quarter of them right.
    assertEquals("12/12 0.25", heard.get(heard.size() - 1));
    assertEquals("1/18 NaN", heard.get(0));
    assertEquals(12, episodes.stream().mapToInt(e -> e.turns().size()).sum());
  }

  @Test
  void twoProblemsOfOneIdAreRefused() {
    Policy policy = new ScriptedPolicy((s, seed) -> "no");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> collect(policy, options(2, true, 1, EXACT), problem("twin"), problem("twin")));
    assertTrue(e.getMessage().contains("twin"));
  }

  @Test
  void aPolicyThatLosesAnswersIsRefused() {
    Policy losing = (queries, sampling, progress) -> List.of();
    assertThrows(
        IllegalStateException.class,
        () -> collect(losing, options(1, true, 1, EXACT), problem("a")));
  }

  @Test
  void differentRunsDiffer() {
    RolloutOptions options = options(2, false, 1, WordTask.VERIFIER);
    List<Problem> problems = WordTask.problems("p", 20).problems();
    EpisodeCollector collector = new EpisodeCollector(options);
    List<Episode> one = collector.collect(WordTask.policy(), problems, 1, 1, ProgressListener.NONE);
    List<Episode> two = collector.collect(WordTask.policy(), problems, 2, 1, ProgressListener.NONE);
    assertNotEquals(one, two);
    assertFalse(one.isEmpty());
  }
}
