package org.riselm.core;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Maps;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.internal.util.TextTable;
import org.riselm.core.objective.WeightedExamples.WeightStats;
import org.riselm.core.policy.TrainingSummary;
import org.riselm.core.relabel.RelabelStats;
import org.riselm.core.rollout.RolloutStats;

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
        "%,d episodes, %,d turns, %,d tokens; mean reward %.3f; %.1f %% correct; %d truncated, %d"
            + " failures",
        collected.episodes(),
        collected.turns(),
        collected.tokens(),
        collected.meanReward(),
        100.0 * collected.correct() / Math.max(1, collected.episodes()),
        collected.truncated(),
        collected.failures());
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
}
