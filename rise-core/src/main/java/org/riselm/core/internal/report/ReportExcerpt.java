package org.riselm.core.internal.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.riselm.core.evaluation.EvaluationLog;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.internal.run.StageRecord;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.relabel.Target;

/**
 * What of a unit's many lines a report shows.
 *
 * @param steps of a training
 * @param weights of a training's examples
 * @param rewards of a collection's turns
 * @param total how many episodes the unit has
 * @param episodes the first of them
 * @param targets by the attempt that each takes the place of
 * @param answers of an evaluation: by the problem, of each rollout, the number of each turn's
 *     answer among the problem's different answers; −1 where none could be read
 * @param figures of a collection: its turns, episodes that are correct or truncated, responses that
 *     reached the token limit, failures, and the mean reward; of relabeling, how many targets come
 *     from each source
 */
record ReportExcerpt(
    List<TrainingStep> steps,
    List<Double> weights,
    List<Double> rewards,
    int total,
    List<Episode> episodes,
    Map<String, Target> targets,
    Map<String, List<List<Integer>>> answers,
    Map<String, Number> figures) {
  private static final int MOST_EPISODES = 300;

  /** What of {@code unit}, read from disk or about to be written, is shown. */
  static ReportExcerpt of(StageRecord unit) {
    List<TrainingStep> steps = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    List<Double> rewards = new ArrayList<>();
    List<Episode> episodes = new ArrayList<>();
    Map<String, Target> targets = new HashMap<>();
    Map<String, List<List<Integer>>> answers = new HashMap<>();
    Map<String, Number> figures = new TreeMap<>();
    boolean collected = unit.stage().equals("collect");
    int total = 0;
    for (ObjectNode line : unit.lines()) {
      switch (line.path("kind").asText()) {
        case "step" -> steps.add(RunJson.read(line.get("step"), TrainingStep.class));
        case "example" -> weights.add(line.get("weight").asDouble());
        case "target" -> {
          Target target = RunJson.read(line.get("target"), Target.class);
          count(figures, target.source(), 1);
          targets.put(
              attempt(
                  line.get("problem").asText(),
                  line.get("sample").asInt(),
                  line.get("turn").asInt()),
              target);
        }
        case "answers" -> {
          EvaluationLog.Entry entry = RunJson.read(line.get("answers"), EvaluationLog.Entry.class);
          answers.put(entry.problem(), answers(entry));
        }
        case "episode" -> {
          total++;
          if (collected || episodes.size() < MOST_EPISODES) {
            Episode episode = RunJson.read(line.get("episode"), Episode.class);
            if (collected) {
              episode.turns().stream().map(Turn::reward).forEach(rewards::add);
              addFigures(episode, figures);
            }
            if (episodes.size() < MOST_EPISODES) {
              episodes.add(episode);
            }
          }
        }
        default -> {
          // Nothing that a picture shows.
        }
      }
    }
    if (collected) {
      figures.put(
          "meanReward", rewards.stream().mapToDouble(Double::doubleValue).average().orElse(0));
    }
    return new ReportExcerpt(steps, weights, rewards, total, episodes, targets, answers, figures);
  }

  private static void addFigures(Episode episode, Map<String, Number> figures) {
    count(figures, "turns", episode.turns().size());
    count(figures, "correct", episode.anyCorrect() ? 1 : 0);
    count(figures, "truncated", episode.endReason() == Episode.EndReason.TRUNCATED ? 1 : 0);
    count(
        figures,
        "cutResponses",
        (int)
            episode.turns().stream()
                .filter(t -> t.response().finish() == FinishReason.LENGTH)
                .count());
    count(
        figures,
        "failures",
        (int) episode.turns().stream().filter(t -> t.failure() != null).count());
  }

  private static void count(Map<String, Number> figures, String name, int more) {
    figures.merge(name, more, (a, b) -> a.intValue() + b.intValue());
  }

  private static List<List<Integer>> answers(EvaluationLog.Entry entry) {
    return entry.rollouts().stream()
        .map(turns -> turns.stream().map(EvaluationLog.LoggedTurn::answer).toList())
        .toList();
  }

  /** This, without what fills the memory. */
  ReportExcerpt numbers() {
    return new ReportExcerpt(
        steps, weights, rewards, total, List.of(), Map.of(), Map.of(), figures);
  }

  /** The key of an attempt among the targets. */
  static String attempt(String problem, int sample, int turn) {
    return sample + " " + turn + " " + problem;
  }
}
