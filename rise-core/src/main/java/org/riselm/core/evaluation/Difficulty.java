package org.riselm.core.evaluation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.core.evaluation.EvaluationLog.Entry;
import org.riselm.core.internal.util.TextTable;

/**
 * Problems by how hard they are: by the share of correct first responses of some policy, usually
 * the base (the pass rate at turn 1, as in section 5 of RISE and in Snell et al., arXiv
 * 2408.03314).
 */
public final class Difficulty {
  private Difficulty() {}

  /**
   * {@return the share of correct first responses of each problem, by id} The first response is
   * left out where there are others: it begins the rollout that is to be judged, and a problem must
   * not count as easy because of the luck that is measured.
   *
   * @param log the responses of an evaluation
   */
  public static Map<String, Double> passRates(EvaluationLog log) {
    int from = Math.min(log.rollouts(), log.samples() - 1);
    Map<String, Double> rates = new HashMap<>();
    for (Entry entry : log.entries()) {
      int correct = 0;
      for (int k = from; k < log.samples(); k++) {
        correct += entry.correct(k, 1) ? 1 : 0;
      }
      rates.put(entry.problem(), (double) correct / (log.samples() - from));
    }
    return Map.copyOf(rates);
  }

  /**
   * {@return the problems that none of the first {@code k} first responses answers correctly}
   *
   * @param log the responses of an evaluation
   * @param k how many first responses or rollouts; 1 or more
   */
  public static Set<String> unsolved(EvaluationLog log, int k) {
    double[] solved = Metric.any(k, 1).values(log);
    Set<String> unsolved = new HashSet<>();
    for (int i = 0; i < solved.length; i++) {
      if (solved[i] == 0) {
        unsolved.add(log.entries().get(i).problem());
      }
    }
    return Set.copyOf(unsolved);
  }

  /**
   * {@return the part of {@code log} whose problems have a pass rate above {@code above} and at
   * most {@code most}; 0 and less than 0 take in those that were never solved}
   *
   * @param log the responses of an evaluation
   * @param passRates the pass rate of each problem, from 0 to 1, by id
   * @param above the lower bound, exclusive
   * @param most the upper bound, inclusive
   */
  public static EvaluationLog between(
      EvaluationLog log, Map<String, Double> passRates, double above, double most) {
    return log.where(
        id -> {
          Double rate = passRates.get(id);
          return rate != null && rate > above && rate <= most;
        });
  }

  /**
   * {@return {@code metrics} by difficulty, a row for each of four bins: never solved, at most a
   * third, at most two thirds, more}
   *
   * @param log the responses of an evaluation
   * @param passRates the pass rate of each problem, from 0 to 1, by id
   * @param metrics names such as {@code m1@t5}
   * @param seed of the bootstrap
   */
  public static String table(
      EvaluationLog log, Map<String, Double> passRates, List<String> metrics, long seed) {
    String[] header = new String[metrics.size() + 2];
    header[0] = "pass rate at turn 1";
    header[1] = "problems";
    for (int m = 0; m < metrics.size(); m++) {
      header[m + 2] = metrics.get(m);
    }
    TextTable table = new TextTable(header);
    double[] edges = {-1, 0, 1 / 3.0, 2 / 3.0, 1};
    String[] names = {"0", "up to 1/3", "up to 2/3", "up to 1"};
    for (int bin = 0; bin < names.length; bin++) {
      EvaluationLog part = between(log, passRates, edges[bin], edges[bin + 1]);
      String[] row = new String[header.length];
      row[0] = names[bin];
      row[1] = String.valueOf(part.entries().size());
      for (int m = 0; m < metrics.size(); m++) {
        Metric metric = Metric.named(metrics.get(m));
        row[m + 2] = part.entries().isEmpty() ? "" : metric.over(part, seed).toString();
      }
      table.row(row);
    }
    return table.toString();
  }
}
