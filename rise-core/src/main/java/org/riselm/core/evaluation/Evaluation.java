package org.riselm.core.evaluation;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.riselm.core.inference.MajorityVote;
import org.riselm.core.internal.util.EditDistance;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Turn;
import org.riselm.core.task.ProblemSet;

/**
 * What an evaluation found. Shares are of all problems, each with its 95 % interval.
 *
 * <p>Where an episode was cut short, its missing turns count as wrong, and abstain from votes.
 *
 * @param name of the problem set
 * @param problems how many
 * @param turns T, of the sequential rollouts
 * @param samples K, parallel first answers
 * @param revealsOutcome whether the feedback told right from wrong, so that m1@tT has an oracle
 * @param accuracyByTurn share right at each turn, T of them
 * @param mKAtT1 majority of the K parallel answers is right
 * @param m1AtTT majority of the T turns' answers is right
 * @param p1AtTT any of the T turns is right
 * @param pKAtT1 any of the K parallel answers is right
 * @param incorrectToCorrect wrong at turn 1, right at turn T
 * @param correctToIncorrect right at turn 1, wrong at turn T
 * @param gain m1@tT − mK@t1, with a paired bootstrap interval: revising against voting
 * @param failures answers that could not be had or scored
 * @param tokens sampled for all of it
 * @param episodes the first sequential rollout of each problem, in their order
 * @param log every answer, for any other metric; without entries where an early run did not keep it
 */
public record Evaluation(
    String name,
    int problems,
    int turns,
    int samples,
    boolean revealsOutcome,
    List<Interval> accuracyByTurn,
    Interval mKAtT1,
    Interval m1AtTT,
    Interval p1AtTT,
    Interval pKAtT1,
    Interval incorrectToCorrect,
    Interval correctToIncorrect,
    Interval gain,
    int failures,
    long tokens,
    List<Episode> episodes,
    EvaluationLog log) {
  public Evaluation {
    requireNonNull(log, "log");
    accuracyByTurn = List.copyOf(accuracyByTurn);
    episodes = List.copyOf(episodes);
  }

  /** Counts: {@code rollouts} holds each problem's sequential rollouts, then its samples. */
  static Evaluation of(
      ProblemSet set,
      EvaluationOptions options,
      List<Episode> episodes,
      List<List<List<Turn>>> rollouts,
      long seed) {
    EvaluationLog log = log(set, options, rollouts);
    int k = options.samples();
    int last = options.turns();
    List<Interval> accuracyByTurn = new ArrayList<>();
    for (int t = 1; t <= last; t++) {
      accuracyByTurn.add(Metric.accuracy(t).over(log, seed));
    }
    Metric sequentialVote = Metric.majority(1, last, options.vote());
    Metric parallelVote = Metric.majority(k, 1, options.vote());
    return new Evaluation(
        set.name(),
        set.size(),
        last,
        k,
        options.feedback().revealsOutcome(),
        accuracyByTurn,
        parallelVote.over(log, seed),
        sequentialVote.over(log, seed),
        Metric.any(1, last).over(log, seed),
        Metric.any(k, 1).over(log, seed),
        Metric.incorrectToCorrect(1, last).over(log, seed),
        Metric.correctToIncorrect(1, last).over(log, seed),
        sequentialVote.minus(parallelVote, log, Seeds.derive(seed, Seeds.coordinate("bootstrap"))),
        (int) all(log).filter(LoggedTurn::failed).count(),
        all(log).mapToLong(LoggedTurn::tokens).sum(),
        episodes,
        log);
  }

  private static Stream<LoggedTurn> all(EvaluationLog log) {
    return log.entries().stream().flatMap(e -> e.first(log.samples(), log.turns()).stream());
  }

  private static EvaluationLog log(
      ProblemSet set, EvaluationOptions options, List<List<List<Turn>>> rollouts) {
    List<EvaluationLog.Entry> entries = new ArrayList<>();
    for (int i = 0; i < set.size(); i++) {
      int[] numbers =
          MajorityVote.numbers(
              set.verifier(),
              rollouts.get(i).stream()
                  .flatMap(List::stream)
                  .map(t -> t.response().text())
                  .toList());
      List<List<LoggedTurn>> logged = new ArrayList<>();
      int next = 0;
      for (List<Turn> rollout : rollouts.get(i)) {
        List<LoggedTurn> turns = new ArrayList<>();
        String before = null;
        for (Turn turn : rollout) {
          String text = turn.response().text();
          turns.add(
              new LoggedTurn(
                  numbers[next++],
                  turn.success(),
                  turn.response().tokens().size(),
                  before == null ? 0 : EditDistance.ratio(before, text),
                  turn.failure() != null));
          before = text;
        }
        logged.add(turns);
      }
      entries.add(new EvaluationLog.Entry(set.problems().get(i).id(), logged));
    }
    return new EvaluationLog(options.turns(), options.rollouts(), options.samples(), entries);
  }

  /** What was counted, without the episodes and answers that it was counted from. */
  public Evaluation withoutAnswers() {
    return new Evaluation(
        name,
        problems,
        turns,
        samples,
        revealsOutcome,
        accuracyByTurn,
        mKAtT1,
        m1AtTT,
        p1AtTT,
        pKAtT1,
        incorrectToCorrect,
        correctToIncorrect,
        gain,
        failures,
        tokens,
        List.of(),
        log.where(problem -> false));
  }

  /** One answer is right. */
  public Interval m1AtT1() {
    return accuracyByTurn.get(0);
  }

  /** The shares by the names that the paper gives them, such as {@code m1@t5}, in reading order. */
  public Map<String, Interval> metrics() {
    ImmutableMap.Builder<String, Interval> metrics = ImmutableMap.builder();
    metrics.put("m1@t1", m1AtT1());
    metrics.put("m" + samples + "@t1", mKAtT1);
    metrics.put("m1@t" + turns, m1AtTT);
    metrics.put("p1@t" + turns, p1AtTT);
    metrics.put("p" + samples + "@t1", pKAtT1);
    metrics.put("incorrectToCorrect", incorrectToCorrect);
    metrics.put("correctToIncorrect", correctToIncorrect);
    // With K = 1 or T = 1 two of the names fall together, and so do their values.
    return metrics.buildKeepingLast();
  }

  /** The tables that people read. */
  @Override
  public String toString() {
    return EvaluationTables.of(this);
  }
}
