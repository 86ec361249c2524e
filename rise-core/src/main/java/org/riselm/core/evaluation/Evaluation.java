package org.riselm.core.evaluation;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.riselm.core.evaluation.EvaluationLog.LoggedTurn;
import org.riselm.core.inference.VoteRules;
import org.riselm.core.internal.util.Seeds;
import org.riselm.core.mdp.Episode;

/**
 * The result of an evaluation: a log of every response, from which each figure is computed. Shares
 * are of all problems, each with its 95 % interval. The turns that an episode lacks, because it was
 * truncated, count as incorrect and abstain from votes.
 *
 * @param name of the problem set
 * @param revealsOutcome whether the feedback told correct from incorrect, so that m1@tT has an
 *     oracle
 * @param vote how votes are counted; empty if the problems have a reward but no answers to vote on
 * @param seed of the evaluation, which also seeds the bootstrap intervals
 * @param episodes the first sequential rollout of each problem, in their order
 * @param log every response
 */
public record Evaluation(
    String name,
    boolean revealsOutcome,
    Optional<VoteRules> vote,
    long seed,
    List<Episode> episodes,
    EvaluationLog log) {
  /** Checks the components. */
  public Evaluation {
    requireNonNull(name, "name");
    requireNonNull(vote, "vote");
    requireNonNull(log, "log");
    episodes = List.copyOf(episodes);
  }

  /** {@return the number of problems} */
  public int problems() {
    return log.entries().size();
  }

  /** {@return T, the turns of a sequential rollout} */
  public int turns() {
    return log.turns();
  }

  /** {@return K, the parallel first responses to each problem} */
  public int samplesPerProblem() {
    return log.samples();
  }

  /**
   * {@return {@code metric} over all problems, with its interval}
   *
   * @param metric what to compute
   */
  public Interval of(Metric metric) {
    return metric.over(log, seed);
  }

  /** {@return the share of correct responses at each turn, T of them} */
  public List<Interval> accuracyByTurn() {
    return IntStream.rangeClosed(1, turns()).mapToObj(t -> of(Metric.accuracy(t))).toList();
  }

  /** {@return m1@t1: the share of problems whose first response is correct} */
  public Interval firstTurn() {
    return of(Metric.accuracy(1));
  }

  /**
   * {@return mK@t1: the majority of the K parallel answers is correct}
   *
   * @throws IllegalStateException if there are no votes
   */
  public Interval parallelVote() {
    return of(parallelMajority());
  }

  /**
   * {@return m1@tT: the majority of the answers of a rollout's T turns is correct}
   *
   * @throws IllegalStateException if there are no votes
   */
  public Interval sequentialVote() {
    return of(sequentialMajority());
  }

  /** {@return p1@tT: any of the T turns is correct} */
  public Interval passAtTurns() {
    return of(Metric.any(1, turns()));
  }

  /** {@return pK@t1: any of the K parallel responses is correct} */
  public Interval passAtSamples() {
    return of(Metric.any(samplesPerProblem(), 1));
  }

  /** {@return the share that is incorrect at turn 1 and correct at turn T} */
  public Interval incorrectToCorrect() {
    return of(Metric.incorrectToCorrect(1, turns()));
  }

  /** {@return the share that is correct at turn 1 and incorrect at turn T} */
  public Interval correctToIncorrect() {
    return of(Metric.correctToIncorrect(1, turns()));
  }

  /**
   * {@return m1@tT − mK@t1 with a paired bootstrap interval: revising against voting}
   *
   * @throws IllegalStateException if there are no votes
   */
  public Interval gain() {
    long bootstrap = Seeds.derive(seed, Seeds.coordinate("bootstrap"));
    return sequentialMajority().minus(parallelMajority(), log, bootstrap);
  }

  /**
   * {@return the one number that iterations are compared by: m1@tT, or the accuracy of turn T where
   * there are no votes}
   */
  public double score() {
    return (vote.isPresent() ? sequentialVote() : of(Metric.accuracy(turns()))).estimate();
  }

  /** {@return how many responses could not be sampled or scored} */
  public int failures() {
    return (int) responses().filter(LoggedTurn::failed).count();
  }

  /** {@return how many tokens were sampled for all of it} */
  public long tokens() {
    return responses().mapToLong(LoggedTurn::tokens).sum();
  }

  /** {@return the shares by their names in the paper, such as {@code m1@t5}, in reading order} */
  public Map<String, Interval> metrics() {
    ImmutableMap.Builder<String, Interval> metrics = ImmutableMap.builder();
    metrics.put("m1@t1", firstTurn());
    if (vote.isPresent()) {
      metrics.put("m" + samplesPerProblem() + "@t1", parallelVote());
      metrics.put("m1@t" + turns(), sequentialVote());
    }
    metrics.put("p1@t" + turns(), passAtTurns());
    metrics.put("p" + samplesPerProblem() + "@t1", passAtSamples());
    metrics.put("incorrectToCorrect", incorrectToCorrect());
    metrics.put("correctToIncorrect", correctToIncorrect());
    // With K = 1 or T = 1 two of the names fall together, and so do their values.
    return metrics.buildKeepingLast();
  }

  private Metric sequentialMajority() {
    return Metric.majority(1, turns(), votes());
  }

  private Metric parallelMajority() {
    return Metric.majority(samplesPerProblem(), 1, votes());
  }

  private VoteRules votes() {
    return vote.orElseThrow(
        () -> new IllegalStateException(name + " has no answers to vote on, only rewards"));
  }

  private Stream<LoggedTurn> responses() {
    return log.entries().stream().flatMap(e -> e.first(log.samples(), log.turns()).stream());
  }

  /** Returns the figures as tables for people. */
  @Override
  public String toString() {
    return EvaluationTables.of(this);
  }
}
