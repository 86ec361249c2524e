package org.riselm.core.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.TextTable;

/** Evaluations as tables for people: percent with one decimal, and 95 % intervals. */
public final class EvaluationTables {
  private EvaluationTables() {}

  static String of(Evaluation e) {
    TextTable byTurn = new TextTable("turn", "accuracy %", "95 % interval");
    for (int t = 0; t < e.accuracyByTurn().size(); t++) {
      byTurn.row(
          String.valueOf(t + 1),
          percent(e.accuracyByTurn().get(t)),
          range(e.accuracyByTurn().get(t)));
    }
    TextTable metrics =
        new TextTable("metric", "%", "95 % interval", "share of problems where ...");
    String turns = e.turns() + " turns' answers";
    String samples = e.samplesPerProblem() + " parallel responses";
    row(metrics, "m1@t1", e.firstTurn(), "the first response is correct");
    if (e.vote().isPresent()) {
      row(metrics, votes(e), e.parallelVote(), "the majority of " + samples + " is correct");
      row(metrics, revises(e), e.sequentialVote(), "the majority of " + turns + " is correct");
    }
    row(metrics, "p1@t" + e.turns(), e.passAtTurns(), "any of " + turns + " is correct");
    row(
        metrics,
        "p%d@t1".formatted(e.samplesPerProblem()),
        e.passAtSamples(),
        "any of " + samples + " is correct");
    String last = "turn " + e.turns();
    row(
        metrics,
        "incorrect→correct",
        e.incorrectToCorrect(),
        "turn 1 is incorrect and " + last + " correct");
    row(
        metrics,
        "correct→incorrect",
        e.correctToIncorrect(),
        "turn 1 is correct and " + last + " incorrect");
    if (e.vote().isPresent()) {
      row(metrics, "gain", e.gain(), "%s − %s, paired".formatted(revises(e), votes(e)));
    }
    return "%s: %d problems, %d turns in sequence, %d first responses in parallel%n%s%n%s%s"
        .formatted(
            e.name(),
            e.problems(),
            e.turns(),
            e.samplesPerProblem(),
            byTurn,
            metrics,
            notes(List.of(e)));
  }

  private static String votes(Evaluation e) {
    return "m%d@t1".formatted(e.samplesPerProblem());
  }

  private static String revises(Evaluation e) {
    return "m1@t%d".formatted(e.turns());
  }

  /**
   * {@return several evaluations side by side, a row each: for one policy at several stages, or
   * several policies on the same problems}
   *
   * @param stages by the name of the row, in order; at least one, all with the same turns and
   *     samples
   */
  public static String compare(Map<String, Evaluation> stages) {
    if (stages.isEmpty()) {
      throw new IllegalArgumentException("there are no evaluations to compare; at least one");
    }
    List<Evaluation> all = List.copyOf(stages.values());
    Evaluation first = all.get(0);
    if (all.stream()
        .anyMatch(
            e ->
                e.turns() != first.turns() || e.samplesPerProblem() != first.samplesPerProblem())) {
      throw new IllegalArgumentException(
          "the evaluations differ in turns or samples, so their columns do not mean the same");
    }
    List<String> header = new ArrayList<>(List.of("stage"));
    first.metrics().keySet().forEach(name -> header.add(heading(name)));
    header.add("by turn");
    TextTable table = new TextTable(header.toArray(String[]::new));
    stages.forEach(
        (stage, e) -> {
          List<String> row = new ArrayList<>(List.of(stage));
          e.metrics().values().forEach(m -> row.add(percent(m) + " ±" + halfWidth(m)));
          row.add(
              String.join(
                  " ", e.accuracyByTurn().stream().map(EvaluationTables::percent).toList()));
          table.row(row.toArray(String[]::new));
        });
    return "%s: %d problems; percent, ± half of the 95 %% interval%n%s%s"
        .formatted(first.name(), first.problems(), table, notes(all));
  }

  /**
   * {@return everything that {@code log} says of revising: accuracy and its changes, how answers
   * change, what it costs, and the parallel votes at an equal number of responses and at equal
   * tokens}
   *
   * @param log the responses of an evaluation
   * @param seed of the bootstraps
   */
  public static String details(EvaluationLog log, long seed) {
    int last = log.turns();
    TextTable table = new TextTable("metric", "value", "95 % interval");
    for (int t = 1; t <= last; t++) {
      percent(table, "accuracy at turn " + t, Metric.accuracy(t).over(log, seed));
    }
    percent(table, "Δ from turn 1 to " + last, Metric.delta(1, last).over(log, seed));
    percent(table, "incorrect→correct", Metric.incorrectToCorrect(1, last).over(log, seed));
    percent(table, "correct→incorrect", Metric.correctToIncorrect(1, last).over(log, seed));
    percent(table, "answer changed, per revision", Metric.answerChange().over(log, seed));
    percent(table, "different answers, per turn", Metric.uniqueAnswers().over(log, seed));
    percent(table, "words changed, per revision", Metric.editRatio().over(log, seed));
    percent(table, "m1@t" + last, Metric.majority(1, last).over(log, seed));
    int equalResponses = Math.min(last, log.samples());
    int equalTokens = Metric.samplesAtCostOf(last, log);
    percent(
        table,
        "m%d@t1, as many responses".formatted(equalResponses),
        Metric.majority(equalResponses, 1).over(log, seed));
    percent(
        table,
        "m%d@t1, as many tokens".formatted(equalTokens),
        Metric.majority(equalTokens, 1).over(log, seed));
    plain(table, "tokens of %d turns".formatted(last), Metric.tokens(1, last).over(log, seed));
    plain(
        table,
        "tokens of %d first responses".formatted(equalResponses),
        Metric.tokens(equalResponses, 1).over(log, seed));
    return table.toString();
  }

  private static void percent(TextTable table, String name, Interval value) {
    table.row(name + ", %", percent(value), range(value));
  }

  private static void plain(TextTable table, String name, Interval value) {
    table.row(
        name,
        TextTable.decimal(value.estimate()),
        TextTable.decimal(value.low()) + " – " + TextTable.decimal(value.high()));
  }

  private static String heading(String metric) {
    return switch (metric) {
      case "incorrectToCorrect" -> "incorrect→correct";
      case "correctToIncorrect" -> "correct→incorrect";
      default -> metric;
    };
  }

  private static String notes(List<Evaluation> all) {
    StringBuilder notes = new StringBuilder();
    if (all.stream().anyMatch(Evaluation::revealsOutcome)) {
      notes.append(
          "Note: feedback reveals the outcome: m1@t%d has an oracle%n"
              .formatted(all.get(0).turns()));
    }
    int failures = all.stream().mapToInt(Evaluation::failures).sum();
    if (failures > 0) {
      notes.append(
          "Note: %d responses could not be sampled or scored; they count as incorrect%n"
              .formatted(failures));
    }
    return notes.toString();
  }

  private static void row(TextTable table, String name, Interval value, String meaning) {
    table.row(name, percent(value), range(value), meaning);
  }

  private static String percent(Interval value) {
    return TextTable.decimal(100 * value.estimate());
  }

  private static String halfWidth(Interval value) {
    return TextTable.decimal(50 * (value.high() - value.low()));
  }

  private static String range(Interval value) {
    return TextTable.decimal(100 * value.low()) + " – " + TextTable.decimal(100 * value.high());
  }
}
