package org.riselm.core.evaluation;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.riselm.core.inference.MajorityVote;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Turn;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.Seeds;
import org.riselm.core.task.ProblemSet;

/**
 * What an evaluation found. Shares are of all problems, each with its 95 % interval.
 *
 * <p>Where an episode was cut short, its missing turns count as wrong, and abstain from votes. A
 * vote's ties go to the earliest answer.
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
 * @param episodes the sequential rollouts, in the order of the problems
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
    List<Episode> episodes) {
  public Evaluation {
    accuracyByTurn = List.copyOf(accuracyByTurn);
    episodes = List.copyOf(episodes);
  }

  /** Counts: {@code samples} holds the parallel answers to the problem of each episode. */
  static Evaluation of(
      ProblemSet set,
      EvaluationOptions options,
      List<Episode> episodes,
      List<List<Turn>> samples,
      long seed) {
    List<List<Turn>> sequential = episodes.stream().map(Episode::turns).toList();
    int last = options.turns() - 1;
    List<Interval> accuracyByTurn = new ArrayList<>();
    for (int t = 0; t <= last; t++) {
      int turn = t;
      accuracyByTurn.add(share(sequential, turns -> right(turns, turn)));
    }
    Predicate<List<Turn>> byVote = turns -> voteIsRight(set.verifier(), turns);
    Predicate<List<Turn>> byAny = turns -> turns.stream().anyMatch(Turn::success);
    return new Evaluation(
        set.name(),
        episodes.size(),
        options.turns(),
        options.samples(),
        options.feedback().revealsOutcome(),
        accuracyByTurn,
        share(samples, byVote),
        share(sequential, byVote),
        share(sequential, byAny),
        share(samples, byAny),
        share(sequential, turns -> !right(turns, 0) && right(turns, last)),
        share(sequential, turns -> right(turns, 0) && !right(turns, last)),
        Interval.pairedDifference(
            outcomes(sequential, byVote),
            outcomes(samples, byVote),
            Seeds.derive(seed, Seeds.coordinate("bootstrap"))),
        failures(sequential, 0) + failures(samples, 1),
        tokens(sequential, 0) + tokens(samples, 1),
        episodes);
  }

  private static Interval share(List<List<Turn>> all, Predicate<List<Turn>> counts) {
    return Interval.wilson((int) all.stream().filter(counts).count(), all.size());
  }

  private static boolean[] outcomes(List<List<Turn>> all, Predicate<List<Turn>> counts) {
    boolean[] outcomes = new boolean[all.size()];
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = counts.test(all.get(i));
    }
    return outcomes;
  }

  private static boolean right(List<Turn> turns, int turn) {
    return turn < turns.size() && turns.get(turn).success();
  }

  private static boolean voteIsRight(Verifier verifier, List<Turn> turns) {
    OptionalInt winner =
        MajorityVote.winner(verifier, turns.stream().map(t -> t.response().text()).toList());
    return winner.isPresent() && turns.get(winner.getAsInt()).success();
  }

  // The first sample is the first turn of the rollout; it must not be counted twice.
  private static int failures(List<List<Turn>> all, int skip) {
    return (int)
        all.stream().flatMap(t -> t.stream().skip(skip)).filter(t -> t.failure() != null).count();
  }

  private static long tokens(List<List<Turn>> all, int skip) {
    return all.stream()
        .flatMap(t -> t.stream().skip(skip))
        .mapToLong(t -> t.response().tokens().size())
        .sum();
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
