package org.riselm.core;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.riselm.core.IterationReport.RelabelStats;
import org.riselm.core.IterationReport.RolloutStats;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.internal.util.TextTable;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Reward;
import org.riselm.core.mdp.Turn;
import org.riselm.core.objective.WeightedExamples.WeightStats;
import org.riselm.core.policy.ScoringPolicy.Divergence;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.relabel.RelabeledAttempt;

/**
 * What one iteration did.
 *
 * @param iteration from 1
 * @param collected the rollouts
 * @param relabeled the targets
 * @param weights of the examples
 * @param training what training did
 * @param validation on the problems that iterations are compared on, if the trainer has any
 * @param evaluation on held-out problems, if the trainer has any
 * @param seconds that each phase took
 */
public record IterationReport(
    int iteration,
    RolloutStats collected,
    RelabelStats relabeled,
    WeightStats weights,
    TrainingSummary training,
    Optional<Evaluation> validation,
    Optional<Evaluation> evaluation,
    Map<Phase, Double> seconds) {
  /** Checks the components. */
  public IterationReport {
    requireNonNull(collected, "collected");
    requireNonNull(relabeled, "relabeled");
    requireNonNull(weights, "weights");
    requireNonNull(training, "training");
    requireNonNull(validation, "validation");
    requireNonNull(evaluation, "evaluation");
    seconds = Maps.immutableEnumMap(seconds);
  }

  /** Returns the report as a table for people to read. */
  @Override
  public String toString() {
    TextTable table = new TextTable("stage", "seconds", "what happened");
    table.row("collect", seconds(Phase.COLLECT), collect());
    table.row("relabel", seconds(Phase.RELABEL), relabel());
    table.row("weigh", "-", weigh());
    table.row("train", seconds(Phase.TRAIN), train());
    validation.ifPresent(
        v ->
            table.row(
                "validate", seconds(Phase.VALIDATE), format("score %.1f %%", 100 * v.score())));
    evaluation.ifPresent(
        e ->
            table.row(
                "evaluate",
                seconds(Phase.EVALUATE),
                format("%,d held-out problems, %,d tokens", e.problems(), e.tokens())));
    return "Iteration %d%n%s%s"
        .formatted(iteration, table, evaluation.map(e -> String.format("%n%s", e)).orElse(""));
  }

  private String collect() {
    return format(
            "%,d episodes, %,d turns, %,d tokens; mean reward %.3f; %.1f %% correct; %d truncated,"
                + " %d failures",
            collected.episodes(),
            collected.turns(),
            collected.tokens(),
            collected.meanReward(),
            100.0 * collected.correct() / Math.max(1, collected.episodes()),
            collected.truncated(),
            collected.failures())
        + collected.divergence().map(d -> "; sampler's divergence " + d).orElse("");
  }

  private String relabel() {
    String sources =
        relabeled.bySource().entrySet().stream()
            .map(e -> format("%s %,d", e.getKey(), e.getValue()))
            .collect(Collectors.joining(", "));
    return format(
        "%,d attempts, %,d tokens: %s; mean reward %.3f → %.3f",
        relabeled.attempts(),
        relabeled.tokens(),
        sources,
        relabeled.meanRewardBefore(),
        relabeled.meanRewardAfter());
  }

  private String weigh() {
    return format(
        "%,d examples, %d skipped; weights %.3f to %.3f, mean %.3f; effective sample size %,.0f",
        weights.examples(),
        weights.skipped(),
        weights.min(),
        weights.max(),
        weights.mean(),
        weights.effectiveSampleSize());
  }

  private String train() {
    return format(
        "%,d steps%s, %,d tokens, %,d of them learned; loss %.4f → %.4f",
        training.steps(),
        training.skipped() == 0 ? "" : format(" (%,d skipped)", training.skipped()),
        training.tokens(),
        training.targetTokens(),
        training.firstLoss(),
        training.lastLoss());
  }

  private String seconds(Phase phase) {
    return TextTable.decimal(seconds.getOrDefault(phase, 0.0));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /**
   * Episodes in numbers.
   *
   * @param episodes how many
   * @param turns in all of them
   * @param correct episodes with a correct turn
   * @param truncated episodes that ended without a response or without feedback
   * @param failures turns on which something failed
   * @param meanReward over turns; 0 if there are none
   * @param tokens that were sampled
   * @param divergence of the policy from what the tokens were drawn from, if that is another
   */
  public record RolloutStats(
      int episodes,
      int turns,
      int correct,
      int truncated,
      int failures,
      double meanReward,
      long tokens,
      Optional<Divergence> divergence) {
    /** Checks the components. */
    public RolloutStats {
      requireNonNull(divergence, "divergence");
    }

    /**
     * {@return {@code episodes} in numbers}
     *
     * @param episodes finished episodes
     * @param divergence of the policy from what they were drawn from, if that is another
     */
    public static RolloutStats of(List<Episode> episodes, Optional<Divergence> divergence) {
      List<Turn> turns = episodes.stream().flatMap(e -> e.turns().stream()).toList();
      return new RolloutStats(
          episodes.size(),
          turns.size(),
          (int) episodes.stream().filter(Episode::anyCorrect).count(),
          (int) episodes.stream().filter(e -> e.endReason() == Episode.EndReason.TRUNCATED).count(),
          (int) turns.stream().filter(t -> t.failure() != null).count(),
          turns.stream().mapToDouble(Turn::reward).average().orElse(0),
          turns.stream().mapToLong(t -> t.response().tokens().size()).sum(),
          divergence);
    }
  }

  /**
   * Relabeled attempts in numbers.
   *
   * @param attempts how many
   * @param bySource how many targets come from each source, sorted by its name
   * @param correct targets that are correct
   * @param meanRewardBefore of the learner's own responses; 0 if there are none
   * @param meanRewardAfter of the targets
   * @param tokens that were sampled to find them
   */
  public record RelabelStats(
      int attempts,
      Map<String, Integer> bySource,
      int correct,
      double meanRewardBefore,
      double meanRewardAfter,
      long tokens) {
    /** Checks the components. */
    public RelabelStats {
      bySource = ImmutableSortedMap.copyOf(bySource);
    }

    /**
     * {@return the numbers of {@code relabeled}, which took {@code tokens} tokens to find}
     *
     * @param relabeled the attempts with their targets
     * @param tokens how many tokens it took to find them
     */
    public static RelabelStats of(List<RelabeledAttempt> relabeled, long tokens) {
      Map<String, Integer> bySource = new TreeMap<>();
      relabeled.forEach(r -> bySource.merge(r.target().source(), 1, Integer::sum));
      return new RelabelStats(
          relabeled.size(),
          bySource,
          (int) relabeled.stream().filter(r -> Reward.isCorrect(r.target().reward())).count(),
          relabeled.stream().mapToDouble(r -> r.attempt().turn().reward()).average().orElse(0),
          relabeled.stream().mapToDouble(r -> r.target().reward()).average().orElse(0),
          tokens);
    }
  }
}
