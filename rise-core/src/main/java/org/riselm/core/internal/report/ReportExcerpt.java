package org.riselm.core.internal.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.internal.run.StageRecord;
import org.riselm.core.mdp.Episode;
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
 */
record ReportExcerpt(
    List<TrainingStep> steps,
    List<Double> weights,
    List<Double> rewards,
    int total,
    List<Episode> episodes,
    Map<String, Target> targets) {
  private static final int MOST_EPISODES = 300;

  /** What of {@code unit}, read from disk or about to be written, is shown. */
  static ReportExcerpt of(StageRecord unit) {
    List<TrainingStep> steps = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    List<Double> rewards = new ArrayList<>();
    List<Episode> episodes = new ArrayList<>();
    Map<String, Target> targets = new HashMap<>();
    boolean collected = unit.stage().equals("collect");
    int total = 0;
    for (ObjectNode line : unit.lines()) {
      switch (line.path("kind").asText()) {
        case "step" -> steps.add(RunJson.read(line.get("step"), TrainingStep.class));
        case "example" -> weights.add(line.get("weight").asDouble());
        case "target" ->
            targets.put(
                attempt(
                    line.get("problem").asText(),
                    line.get("sample").asInt(),
                    line.get("turn").asInt()),
                RunJson.read(line.get("target"), Target.class));
        case "episode" -> {
          total++;
          if (collected || episodes.size() < MOST_EPISODES) {
            Episode episode = RunJson.read(line.get("episode"), Episode.class);
            episode.turns().stream().filter(t -> collected).map(Turn::reward).forEach(rewards::add);
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
    return new ReportExcerpt(steps, weights, rewards, total, episodes, targets);
  }

  /** This, without what fills the memory. */
  ReportExcerpt numbers() {
    return new ReportExcerpt(steps, weights, rewards, total, List.of(), Map.of());
  }

  /** The key of an attempt among the targets. */
  static String attempt(String problem, int sample, int turn) {
    return sample + " " + turn + " " + problem;
  }
}
