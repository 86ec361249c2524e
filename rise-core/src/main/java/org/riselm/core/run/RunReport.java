package org.riselm.core.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The page that shows a run to people: {@code report.html}, one file that needs no network. The
 * page's own script draws the pictures from the data that is written into it here.
 */
final class RunReport {
  static final String NAME = "report.html";

  private static final int MOST_EPISODES = 300;
  private static final int MOST_STEPS = 2000;

  private final Path folder;
  private final List<UnitLog.Marked> units;

  private RunReport(Path folder, List<UnitLog.Marked> units) {
    this.folder = folder;
    this.units = units;
  }

  /** Writes the page of the run in {@code folder}, which has come to {@code units}. */
  static void write(Path folder, List<UnitLog.Marked> units, List<String> notes)
      throws IOException {
    ObjectNode data = new RunReport(folder, units).data(Manifest.read(folder), notes);
    String page =
        Resources.toString(
            Resources.getResource(RunReport.class, "report.html"), StandardCharsets.UTF_8);
    // In a script element nothing but this character could end the data.
    String json = RunJson.MAPPER.writeValueAsString(data).replace("<", "\\u003c");
    Disk.replace(folder.resolve(NAME), page.replace("/*RUN*/", json));
  }

  private ObjectNode data(Manifest manifest, List<String> notes) {
    ObjectNode data = RunJson.MAPPER.createObjectNode();
    data.put("name", String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
    data.put("updated", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    data.set("configuration", RunDirectory.tree(manifest.configuration()));
    data.set("environment", RunDirectory.tree(manifest.environment()));
    data.set("notes", RunDirectory.tree(notes));
    ArrayNode marks = data.putArray("units");
    units.forEach(u -> marks.add(u.mark()));
    data.set("steps", steps());
    data.set("weights", weights());
    data.set("rewards", rewards());
    data.set("sources", sources());
    return data;
  }

  /** Of all trainings; every so many if there are very many. */
  private ArrayNode steps() {
    List<ObjectNode> all = new ArrayList<>();
    for (UnitLog.Marked training : all("train")) {
      for (ObjectNode line : lines(training, "step")) {
        all.add(((ObjectNode) line.get("step")).deepCopy().put("iteration", training.iteration()));
      }
    }
    int every = Math.max(1, (all.size() + MOST_STEPS - 1) / MOST_STEPS);
    ArrayNode steps = RunJson.MAPPER.createArrayNode();
    for (int i = 0; i < all.size(); i += every) {
      steps.add(all.get(i));
    }
    return steps;
  }

  private JsonNode weights() {
    List<Double> weights = new ArrayList<>();
    last("train")
        .ifPresent(
            unit ->
                lines(unit, "example").forEach(line -> weights.add(line.get("weight").asDouble())));
    return RunDirectory.tree(Histogram.of(weights));
  }

  private JsonNode rewards() {
    List<Double> rewards = new ArrayList<>();
    last("collect")
        .ifPresent(
            unit ->
                lines(unit, "episode")
                    .forEach(
                        line ->
                            line.get("episode")
                                .get("turns")
                                .forEach(turn -> rewards.add(turn.get("reward").asDouble()))));
    return RunDirectory.tree(Histogram.of(rewards));
  }

  /** The episodes of the first and the last evaluation, and of the last collection. */
  private ArrayNode sources() {
    ArrayNode sources = RunJson.MAPPER.createArrayNode();
    List<UnitLog.Marked> evaluations = all("evaluate");
    last("evaluate").ifPresent(unit -> sources.add(source(unit, Map.of())));
    if (evaluations.size() > 1) {
      sources.add(source(evaluations.get(0), Map.of()));
    }
    last("collect").ifPresent(unit -> sources.add(source(unit, targets(unit.iteration()))));
    return sources;
  }

  private ObjectNode source(UnitLog.Marked unit, Map<String, ObjectNode> targets) {
    List<ObjectNode> lines = lines(unit, "episode");
    ObjectNode source = RunJson.MAPPER.createObjectNode();
    source.put("stage", unit.stage());
    source.put(
        "name",
        (unit.stage().equals("evaluate") ? "evaluation after " : "collection of ")
            + (unit.iteration() == 0 ? "the base" : "iteration " + unit.iteration()));
    source.put("total", lines.size());
    ArrayNode episodes = source.putArray("episodes");
    lines.stream()
        .limit(MOST_EPISODES)
        .forEach(line -> episodes.add(episode(line.get("episode"), targets)));
    return source;
  }

  private static ObjectNode episode(JsonNode from, Map<String, ObjectNode> targets) {
    ObjectNode episode = RunJson.MAPPER.createObjectNode();
    JsonNode problem = from.get("problem");
    episode.set("prompt", problem.get("prompt"));
    episode.set("reference", problem.get("reference"));
    ArrayNode turns = episode.putArray("turns");
    int number = 1;
    for (JsonNode turn : from.get("turns")) {
      ObjectNode shown = turns.addObject();
      shown.set("text", turn.get("response").get("text"));
      shown.set("reward", turn.get("reward"));
      shown.set("feedback", turn.get("feedback"));
      shown.set("failure", turn.get("failure"));
      ObjectNode target =
          targets.get(attempt(problem.get("id").asText(), from.get("sample").asInt(), number++));
      if (target != null) {
        shown.set("target", target.get("target").get("response").get("text"));
        shown.set("source", target.get("target").get("source"));
      }
    }
    return episode;
  }

  /** What the attempts of {@code iteration} are replaced by, as far as that is known yet. */
  private Map<String, ObjectNode> targets(int iteration) {
    Map<String, ObjectNode> targets = new HashMap<>();
    for (UnitLog.Marked unit : all("relabel")) {
      if (unit.iteration() == iteration) {
        for (ObjectNode line : lines(unit, "target")) {
          targets.put(
              attempt(
                  line.get("problem").asText(),
                  line.get("sample").asInt(),
                  line.get("turn").asInt()),
              line);
        }
      }
    }
    return targets;
  }

  private static String attempt(String problem, int sample, int turn) {
    return sample + " " + turn + " " + problem;
  }

  private List<UnitLog.Marked> all(String stage) {
    return units.stream().filter(u -> u.stage().equals(stage)).toList();
  }

  private Optional<UnitLog.Marked> last(String stage) {
    List<UnitLog.Marked> all = all(stage);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  private List<ObjectNode> lines(UnitLog.Marked unit, String kind) {
    return UnitLog.read(folder.resolve(UnitLog.NAME), unit).lines().stream()
        .filter(line -> line.path("kind").asText().equals(kind))
        .toList();
  }
}
