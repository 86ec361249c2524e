package org.riselm.core.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.riselm.core.evaluation.EvaluationLog.Entry;
import org.riselm.core.evaluation.EvaluationLog.LoggedTurn;

class MetricTest {
  private static final int TURNS = 4;
  private static final int ROLLOUTS = 2;
  private static final int SAMPLES = 5;

  /** Answer 2 is the right one, −1 none. */
  private static LoggedTurn turn(int answer) {
    return new LoggedTurn(answer, answer == 2, 10 + answer, answer / 4.0 + 0.25, answer == -1);
  }

  @Provide
  Arbitrary<EvaluationLog> logs() {
    Arbitrary<LoggedTurn> turn = Arbitraries.of(-1, 0, 1, 2).map(MetricTest::turn);
    // Rollouts may be cut short.
    Arbitrary<List<LoggedTurn>> rollout = turn.list().ofMinSize(1).ofMaxSize(TURNS);
    Arbitrary<List<List<LoggedTurn>>> sequential = rollout.list().ofSize(ROLLOUTS);
    Arbitrary<List<List<LoggedTurn>>> parallel =
        turn.list().ofSize(1).list().ofSize(SAMPLES - ROLLOUTS);
    return Combinators.combine(sequential, parallel)
        .as(
            (s, p) -> {
              List<List<LoggedTurn>> all = new ArrayList<>(s);
              all.addAll(p);
              return all;
            })
        .list()
        .ofMinSize(1)
        .ofMaxSize(8)
        .map(
            all -> {
              List<Entry> entries = new ArrayList<>();
              all.forEach(r -> entries.add(new Entry("p" + entries.size(), r)));
              return new EvaluationLog(TURNS, ROLLOUTS, SAMPLES, entries);
            });
  }

  /** All answers of the first k rollouts' first t turns, as the log has them. */
  private static List<Integer> answers(Entry entry, int k, int t) {
    List<Integer> answers = new ArrayList<>();
    for (int rollout = 0; rollout < k; rollout++) {
      for (int turn = 0; turn < Math.min(t, entry.rollouts().get(rollout).size()); turn++) {
        answers.add(entry.rollouts().get(rollout).get(turn).answer());
      }
    }
    return answers;
  }

  private static boolean voted(List<Integer> answers) {
    int best = -1;
    for (int answer : answers) {
      if (answer >= 0
          && (best < 0
              || Collections.frequency(answers, answer) > Collections.frequency(answers, best))) {
        best = answer;
      }
    }
    return best == 2;
  }

  private static boolean right(Entry entry, int turn) {
    List<Integer> answers = answers(entry, 1, turn);
    return answers.size() == turn && answers.get(turn - 1) == 2;
  }

  @Property(tries = 200)
  void metricsAreThoseOfBruteForce(@ForAll("logs") EvaluationLog log) {
    for (int t = 1; t <= TURNS; t++) {
      for (int k = 1; k <= (t == 1 ? SAMPLES : ROLLOUTS); k++) {
        double[] majority = Metric.named("m%d@t%d".formatted(k, t)).values(log);
        double[] any = Metric.named("p%d@t%d".formatted(k, t)).values(log);
        double[] tokens = Metric.tokens(k, t).values(log);
        for (int i = 0; i < log.entries().size(); i++) {
          List<Integer> answers = answers(log.entries().get(i), k, t);
          assertEquals(voted(answers) ? 1 : 0, majority[i]);
          assertEquals(answers.contains(2) ? 1 : 0, any[i]);
          assertEquals(answers.stream().mapToInt(a -> 10 + a).sum(), tokens[i]);
        }
      }
    }
    for (Entry entry : log.entries()) {
      for (int from = 1; from <= TURNS; from++) {
        assertEquals(right(entry, from) ? 1 : 0, Metric.accuracy(from).of(entry));
        for (int to = 1; to <= TURNS; to++) {
          double gained = Metric.incorrectToCorrect(from, to).of(entry);
          double lost = Metric.correctToIncorrect(from, to).of(entry);
          assertEquals(!right(entry, from) && right(entry, to) ? 1 : 0, gained);
          assertEquals(right(entry, from) && !right(entry, to) ? 1 : 0, lost);
          assertEquals(gained - lost, Metric.delta(from, to).of(entry));
        }
      }
      List<Integer> answers = answers(entry, 1, TURNS);
      int changes = 0;
      for (int t = 1; t < answers.size(); t++) {
        changes += answers.get(t).equals(answers.get(t - 1)) ? 0 : 1;
      }
      assertEquals(
          answers.size() == 1 ? 0 : changes / (answers.size() - 1.0),
          Metric.answerChange().of(entry),
          1e-12);
      Set<Integer> distinct = new HashSet<>(answers);
      assertEquals(
          distinct.size() / (double) answers.size(), Metric.uniqueAnswers().of(entry), 1e-12);
    }
  }

  @Property(tries = 100)
  void theOrderOfTheProblemsChangesNoEstimate(
      @ForAll("logs") EvaluationLog log, @ForAll long seed) {
    List<Entry> permuted = new ArrayList<>(log.entries());
    Collections.shuffle(permuted, new Random(seed));
    EvaluationLog other = new EvaluationLog(TURNS, ROLLOUTS, SAMPLES, permuted);
    for (Metric m : List.of(Metric.majority(1, TURNS), Metric.any(SAMPLES, 1))) {
      assertEquals(m.over(log, 1), m.over(other, 1));
    }
    assertEquals(
        Metric.answerChange().over(log, 1).estimate(),
        Metric.answerChange().over(other, 1).estimate(),
        1e-12);
    assertEquals(Difficulty.passRates(log), Difficulty.passRates(other));
    assertEquals(Metric.samplesAtCostOf(3, log), Metric.samplesAtCostOf(3, other));
  }

  @Property(tries = 100)
  void binsOfDifficultyAreAPartition(@ForAll("logs") EvaluationLog log) {
    var rates = Difficulty.passRates(log);
    int all = 0;
    double[] edges = {-1, 0, 1 / 3.0, 2 / 3.0, 1};
    for (int bin = 0; bin < 4; bin++) {
      all += Difficulty.between(log, rates, edges[bin], edges[bin + 1]).entries().size();
    }
    assertEquals(log.entries().size(), all);
    for (Entry entry : log.entries()) {
      long right = entry.rollouts().stream().skip(ROLLOUTS).filter(r -> r.get(0).correct()).count();
      assertEquals(right / 3.0, rates.get(entry.problem()), 1e-12);
      boolean unsolved = entry.rollouts().stream().limit(3).noneMatch(r -> r.get(0).correct());
      assertEquals(unsolved, Difficulty.unsolved(log, 3).contains(entry.problem()));
    }
    assertEquals(6, Difficulty.table(log, rates, List.of("m1@t1", "p2@t4"), 1).lines().count());
  }

  private static EvaluationLog log(int... answersByProblem) {
    List<Entry> entries = new ArrayList<>();
    for (int answer : answersByProblem) {
      entries.add(new Entry("p" + entries.size(), List.of(List.of(turn(answer)))));
    }
    return new EvaluationLog(1, 1, 1, entries);
  }

  @Test
  void changesArePairedByProblem() {
    Interval change = Metric.accuracy(1).change(log(0, 1, 2, 0), log(2, 2, 2, 0), 3);
    assertEquals(0.5, change.estimate());
    assertTrue(change.low() >= 0 && change.high() <= 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> Metric.accuracy(1).change(log(0, 1), log(0, 1, 2), 3));
  }

  @Test
  void theEqualCostCountsTokensRatherThanAnswers() {
    // One rollout of two turns takes 12 + 12 tokens; first answers take 12, 9, 9, 9.
    List<List<LoggedTurn>> rollouts =
        List.of(List.of(turn(2), turn(2)), List.of(turn(-1)), List.of(turn(-1)), List.of(turn(-1)));
    EvaluationLog log = new EvaluationLog(2, 1, 4, List.of(new Entry("p", rollouts)));
    assertEquals(2, Metric.samplesAtCostOf(2, log));
    assertEquals(1, Metric.samplesAtCostOf(1, log));
  }

  @Test
  void whatTheLogLacksIsSaid() {
    EvaluationLog log = log(2);
    for (Metric m : List.of(Metric.majority(2, 1), Metric.any(1, 2), Metric.accuracy(2))) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> m.values(log)).getMessage();
      assertTrue(message.contains("Evaluate with more"), message);
    }
    for (String name : List.of("m5", "x1@t1", "m1@t", "m0@t1")) {
      assertThrows(IllegalArgumentException.class, () -> Metric.named(name).values(log), name);
    }
    assertArrayEquals(new double[] {1}, Metric.named("m1@t1").values(log));
    assertThrows(
        IllegalArgumentException.class,
        () -> new EvaluationLog(1, 2, 1, List.of()),
        "more rollouts than samples");
  }
}
