package org.riselm.examples.lab.real;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.evaluation.EvaluationTables;
import org.riselm.core.evaluation.Interval;
import org.riselm.core.evaluation.Metric;
import org.riselm.core.mdp.Episode;
import org.riselm.examples.lab.study.Picture;

/** The evaluations of several arms and seeds, the problems of all seeds taken together. */
final class RealResults {
  private final Map<String, List<Evaluation>> stages = new LinkedHashMap<>();
  private long runs;

  /**
   * Adds what a run evaluated. The base that all arms of a seed go on from counts once for the
   * seed.
   */
  void add(Map<String, Evaluation> evaluations) {
    evaluations.forEach(
        (stage, evaluation) -> {
          if (isNew(stage, evaluation)) {
            stages.computeIfAbsent(stage, name -> new ArrayList<>()).add(evaluation);
          }
        });
    runs++;
  }

  /** Returns whether a stage is not there yet for the seed of {@code evaluation}. */
  private boolean isNew(String stage, Evaluation evaluation) {
    return stages.getOrDefault(stage, List.of()).stream()
        .noneMatch(e -> e.seed() == evaluation.seed());
  }

  /** How many runs were added. */
  long runs() {
    return runs;
  }

  private static Evaluation pooled(List<Evaluation> seeds) {
    List<Episode> episodes = new ArrayList<>();
    List<EvaluationLog.Entry> entries = new ArrayList<>();
    for (int i = 0; i < seeds.size(); i++) {
      episodes.addAll(seeds.get(i).episodes());
      for (EvaluationLog.Entry entry : seeds.get(i).log().entries()) {
        String problem = "run %d: %s".formatted(i + 1, entry.problem());
        entries.add(new EvaluationLog.Entry(problem, entry.rollouts()));
      }
    }
    Evaluation first = seeds.get(0);
    EvaluationLog log = first.log();
    return new Evaluation(
        first.name(),
        first.revealsOutcome(),
        first.vote(),
        first.seed(),
        episodes,
        new EvaluationLog(log.turns(), log.rollouts(), log.samples(), entries));
  }

  /** Accuracies of every stage, and what each changes, with paired intervals. */
  String table() {
    Map<String, Evaluation> all = new LinkedHashMap<>();
    stages.forEach((stage, seeds) -> all.put(stage, pooled(seeds)));
    StringBuilder text = new StringBuilder(EvaluationTables.compare(all));
    Map.Entry<String, Evaluation> first = all.entrySet().iterator().next();
    Evaluation base = first.getValue();
    all.forEach(
        (stage, e) -> {
          Metric revised = Metric.majority(1, e.turns());
          text.append(
              "%n%s: m1@t%d − m%d@t1 %s"
                  .formatted(stage, e.turns(), e.samplesPerProblem(), e.gain()));
          if (!stage.equals(first.getKey()) && e.problems() == base.problems()) {
            Interval last = revised.change(base.log(), e.log(), e.seed());
            Interval turn = Metric.accuracy(1).change(base.log(), e.log(), e.seed());
            text.append(
                "; against the first row, m1@t%d %s, turn 1 %s".formatted(e.turns(), last, turn));
          }
        });
    return text.append('\n').toString();
  }

  /** Accuracy at each turn, as SVG. */
  String picture() {
    int turns = stages.values().iterator().next().get(0).turns();
    Picture picture = new Picture("accuracy by turn", "turn", turns);
    stages.forEach(
        (stage, seeds) -> {
          List<double[]> points = new ArrayList<>();
          List<Interval> accuracy = pooled(seeds).accuracyByTurn();
          for (int t = 1; t <= turns; t++) {
            Interval i = accuracy.get(t - 1);
            points.add(new double[] {t, i.estimate(), (i.high() - i.low()) / 2});
          }
          picture.line(stage, points);
        });
    return picture.svg();
  }
}
