package org.riselm.examples.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.riselm.core.evaluation.Difficulty;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.evaluation.Metric;
import org.riselm.examples.lab.study.Results.Value;
import org.riselm.examples.lab.toy.ToyExercise.Size;

/** Turns the runs that are there into Markdown tables and pictures. */
public final class StudyReport {
  private static final int TURNS = 5;

  private final Results results;

  /** A report on {@code lines}. */
  public StudyReport(List<Line> lines) {
    this.results = new Results(lines);
  }

  /** Writes {@code study.md} and its pictures into {@code folder}. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("turns.svg"), turns());
    Files.writeString(folder.resolve("budget.svg"), budget());
    Files.writeString(folder.resolve("study.md"), text());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append("# The study, run by run\n\n");
    text.append(
        "Written by `run Study --report`; percent. %d seeds, %d runs, %d evaluations. Means over seeds, ± half of the 95 %% interval by Student's t.\n\n"
            .formatted(results.seeds().size(), results.runs(), results.lines().size()));
    text.append("## Claims\n\n");
    text.append("| claim | difference | seeds | points | verdict |\n|---|---|---|---|---|\n");
    for (Claim claim : Claim.all()) {
      Spread spread = Spread.of(results.bySeed(claim.difference()));
      if (spread.seeds() > 0) {
        row(
            text,
            claim.text(),
            claim.shown(),
            String.valueOf(spread.seeds()),
            spread.toString(),
            claim.verdict(spread));
      }
    }
    text.append("\n![accuracy by turn](turns.svg)\n\n![accuracy by tokens](budget.svg)\n\n");
    text.append("## Arms\n\n");
    text.append(
        "| model | arm | after | seeds | m1@t1 | m5@t1 | m1@t5 | p1@t5 | incorrect→correct |"
            + " correct→incorrect | answer changes | trained tokens | sampled tokens |\n"
            + "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (Size size : Size.values()) {
      for (Arm arm : Arm.values()) {
        for (int iteration = 0; iteration <= Lab.ITERATIONS; iteration++) {
          arm(text, size, arm, iteration);
        }
      }
    }
    text.append("\nWhat the arms are:\n\n");
    for (Arm arm : Arm.values()) {
      text.append("- **%s**: %s%n".formatted(arm.label(), arm.what()));
    }
    difficulty(text);
    text.append("\n## Every run\n\n");
    text.append(
        "| model | seed | arm | after | m1@t1 | m5@t1 | m1@t5 | p1@t5 | p25@t1 | incorrect→correct"
            + " | correct→incorrect | accuracy by turn |\n"
            + "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    results.lines().stream()
        .sorted(
            Comparator.comparing(Line::size)
                .reversed()
                .thenComparing(Line::seed)
                .thenComparing(l -> order(l.arm()))
                .thenComparing(Line::iteration))
        .forEach(line -> run(text, line));
    return text.toString();
  }

  private static int order(String label) {
    return List.of(Arm.values()).stream().map(Arm::label).toList().indexOf(label);
  }

  private void arm(StringBuilder text, Size size, Arm arm, int iteration) {
    List<Line> lines =
        results.seeds().stream()
            .flatMap(seed -> results.find(seed, size, arm, iteration).stream())
            .toList();
    if (lines.isEmpty()) {
      return;
    }
    row(
        text,
        name(size),
        arm.label(),
        String.valueOf(iteration),
        String.valueOf(lines.size()),
        spread(lines, Metric.named("m1@t1")),
        spread(lines, Metric.named("m5@t1")),
        spread(lines, Metric.named("m1@t5")),
        spread(lines, Metric.named("p1@t5")),
        spread(lines, Metric.incorrectToCorrect(1, TURNS)),
        spread(lines, Metric.correctToIncorrect(1, TURNS)),
        spread(lines, Metric.answerChange()),
        thousands(lines, Line::trainedTokens),
        thousands(lines, Line::sampledTokens));
  }

  private static String name(Size size) {
    return size == Size.STANDARD ? "58 k" : "24 k";
  }

  private static String spread(List<Line> lines, Metric metric) {
    return Spread.of(lines.stream().mapToDouble(l -> Results.mean(metric, l.log())).toArray())
        .toString();
  }

  private static String thousands(List<Line> lines, ToDoubleFunction<Line> number) {
    double mean = lines.stream().mapToDouble(number).average().orElse(0);
    return String.format(Locale.ROOT, "%.0f k", mean / 1000);
  }

  /** By the base's pass rate: where do the gains lie? */
  private void difficulty(StringBuilder text) {
    text.append("\n## By difficulty\n\n");
    text.append("m1@t5, by the share of the base's 24 further first answers that are right.\n\n");
    text.append(
        "| pass rate | problems | base m5@t1 | base m1@t5 | self m1@t5 | teacher m1@t5 |\n");
    text.append("|---|---|---|---|---|---|\n");
    double[] edges = {-1, 0, 1 / 3.0, 2 / 3.0, 1};
    String[] names = {"0", "up to 1/3", "up to 2/3", "up to 1"};
    for (int bin = 0; bin < names.length; bin++) {
      double above = edges[bin];
      double most = edges[bin + 1];
      row(
          text,
          names[bin],
          count(above, most),
          binned(Arm.BASE, "m5@t1", above, most),
          binned(Arm.BASE, "m1@t5", above, most),
          binned(Arm.SELF, "m1@t5", above, most),
          binned(Arm.TEACHER, "m1@t5", above, most));
    }
  }

  private String count(double above, double most) {
    double[] counts =
        results.bySeed(
            Value.of(
                Arm.BASE,
                log ->
                    Difficulty.between(log, Difficulty.passRates(log), above, most)
                        .entries()
                        .size()));
    return String.format(Locale.ROOT, "%.0f", Spread.of(counts).mean());
  }

  private String binned(Arm arm, String metric, double above, double most) {
    List<Double> values = new ArrayList<>();
    for (long seed : results.seeds()) {
      var base = results.log(seed, Arm.BASE);
      var log = results.log(seed, arm);
      if (base.isPresent() && log.isPresent()) {
        EvaluationLog part =
            Difficulty.between(log.get(), Difficulty.passRates(base.get()), above, most);
        if (!part.entries().isEmpty()) {
          values.add(Results.mean(Metric.named(metric), part));
        }
      }
    }
    return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray()).toString();
  }

  private static void run(StringBuilder text, Line line) {
    EvaluationLog log = line.log();
    row(
        text,
        name(line.size()),
        String.valueOf(line.seed()),
        line.arm(),
        String.valueOf(line.iteration()),
        percent(Metric.named("m1@t1"), log),
        percent(Metric.named("m5@t1"), log),
        percent(Metric.named("m1@t5"), log),
        percent(Metric.named("p1@t5"), log),
        percent(Metric.named("p25@t1"), log),
        percent(Metric.incorrectToCorrect(1, TURNS), log),
        percent(Metric.correctToIncorrect(1, TURNS), log),
        IntStream.rangeClosed(1, TURNS)
            .mapToObj(t -> percent(Metric.accuracy(t), log))
            .collect(Collectors.joining(" ")));
  }

  private static String percent(Metric metric, EvaluationLog log) {
    return String.format(Locale.ROOT, "%.1f", 100 * Results.mean(metric, log));
  }

  private static void row(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** Accuracy at each turn of the arms that a reader compares first. */
  private String turns() {
    Picture picture = new Picture("accuracy by turn", "turn", TURNS);
    for (Arm arm : List.of(Arm.BASE, Arm.SELF, Arm.TEACHER, Arm.SUPERVISED, Arm.REJECTION)) {
      List<double[]> points = new ArrayList<>();
      for (int t = 1; t <= TURNS; t++) {
        int turn = t;
        points.add(point(t, Value.of(arm, log -> Results.mean(Metric.accuracy(turn), log))));
      }
      picture.line(arm.label(), points);
    }
    return picture.svg();
  }

  /** Majority of T turns against majority of K first answers, by the tokens they take. */
  private String budget() {
    Picture picture = new Picture("accuracy by tokens sampled per problem", "tokens", 120);
    for (Arm arm : List.of(Arm.BASE, Arm.SELF)) {
      List<double[]> sequential = new ArrayList<>();
      List<double[]> parallel = new ArrayList<>();
      for (int n = 1; n <= 8; n++) {
        int count = n;
        if (n <= TURNS) {
          double tokens = tokens(arm, Metric.tokens(1, n));
          sequential.add(
              point(tokens, Value.of(arm, log -> Results.mean(Metric.majority(1, count), log))));
        }
        double tokens = tokens(arm, Metric.tokens(n, 1));
        parallel.add(
            point(tokens, Value.of(arm, log -> Results.mean(Metric.majority(count, 1), log))));
      }
      picture.line(arm.label() + ", turns", sequential);
      picture.line(arm.label() + ", votes", parallel);
    }
    return picture.svg();
  }

  private double tokens(Arm arm, Metric tokens) {
    return Spread.of(results.bySeed(Value.of(arm, log -> Results.mean(tokens, log)))).mean();
  }

  /** x, and the mean and half interval of {@code value}. */
  private double[] point(double x, Value value) {
    Spread spread = Spread.of(results.bySeed(value));
    return new double[] {x, spread.mean(), Double.isNaN(spread.half()) ? 0 : spread.half()};
  }
}
