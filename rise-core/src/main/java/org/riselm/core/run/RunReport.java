package org.riselm.core.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.Iterables;
import com.google.common.io.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The page that shows a run to people: {@code report.html}, one file that needs no network. The
 * page's own script draws the pictures from the data that is written into it here.
 */
final class RunReport {
  static final String NAME = "report.html";

  private static final int MOST_EPISODES = 300;
  private static final int MOST_STEPS = 2000;

  private final Path folder;
  private final IdentityHashMap<UnitLog.Marked, Numbers> numbers = new IdentityHashMap<>();
  // What was shown last time, most of which is shown again.
  private Map<Shown, ObjectNode> shown = Map.of();
  private List<UnitLog.Marked> units = List.of();

  /** The report of the run in {@code folder}. */
  RunReport(Path folder) {
    this.folder = folder;
  }

  /**
   * The episodes of a unit as the page has them.
   *
   * @param episodes whose they are
   * @param targets what they are replaced by; null if that is not known yet
   */
  private record Shown(UnitLog.Marked episodes, UnitLog.@Nullable Marked targets) {}

  /** What of a unit's many lines goes into pictures; read once. */
  private record Numbers(List<ObjectNode> steps, List<Double> rewards, List<Double> weights) {
    static Numbers of(int iteration, List<ObjectNode> lines) {
      List<ObjectNode> steps = new ArrayList<>();
      List<Double> rewards = new ArrayList<>();
      List<Double> weights = new ArrayList<>();
      for (ObjectNode line : lines) {
        switch (line.path("kind").asText()) {
          case "step" ->
              steps.add(((ObjectNode) line.get("step")).deepCopy().put("iteration", iteration));
          case "example" -> weights.add(line.get("weight").asDouble());
          case "episode" ->
              line.get("episode")
                  .get("turns")
                  .forEach(turn -> rewards.add(turn.get("reward").asDouble()));
          default -> {
            // Nothing that a picture shows.
          }
        }
      }
      return new Numbers(steps, rewards, weights);
    }
  }

  /** Writes the page of the run, which has come to {@code units}. */
  void write(List<UnitLog.Marked> units, List<String> notes) throws IOException {
    this.units = units;
    ObjectNode data = data(Manifest.read(folder), notes);
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
    data.set("weights", distribution("train", Numbers::weights));
    data.set("rewards", distribution("collect", Numbers::rewards));
    data.set("sources", sources());
    return data;
  }

  private Numbers numbers(UnitLog.Marked unit) {
    return numbers.computeIfAbsent(unit, u -> Numbers.of(u.iteration(), lines(u)));
  }

  /** Of all trainings; every so many if there are very many. */
  private ArrayNode steps() {
    List<ObjectNode> all = all("train").stream().flatMap(u -> numbers(u).steps().stream()).toList();
    int every = Math.max(1, (all.size() + MOST_STEPS - 1) / MOST_STEPS);
    ArrayNode steps = RunJson.MAPPER.createArrayNode();
    for (int i = 0; i < all.size(); i += every) {
      steps.add(all.get(i));
    }
    return steps;
  }

  /** Of every iteration, in the same bins. */
  private ObjectNode distribution(String stage, Function<Numbers, List<Double>> of) {
    Map<Integer, List<Double>> values = new TreeMap<>();
    all(stage).forEach(u -> values.put(u.iteration(), of.apply(numbers(u))));
    Histogram histogram = Histogram.over(Iterables.concat(values.values()));
    ObjectNode distribution = RunJson.MAPPER.createObjectNode();
    distribution.set("bins", RunDirectory.tree(histogram.bins()));
    ArrayNode series = distribution.putArray("series");
    values.forEach(
        (iteration, some) ->
            series
                .addObject()
                .put("iteration", iteration)
                .set("counts", RunDirectory.tree(histogram.counts(some))));
    return distribution;
  }

  /** The episodes of the first and the last evaluation, and of the last collection. */
  private ArrayNode sources() {
    List<Shown> wanted = new ArrayList<>();
    List<UnitLog.Marked> evaluations = all("evaluate");
    last("evaluate").ifPresent(unit -> wanted.add(new Shown(unit, null)));
    if (evaluations.size() > 1) {
      wanted.add(new Shown(evaluations.get(0), null));
    }
    last("collect").ifPresent(unit -> wanted.add(new Shown(unit, relabelled(unit.iteration()))));
    Map<Shown, ObjectNode> sources = new LinkedHashMap<>();
    for (Shown source : wanted) {
      ObjectNode known = shown.get(source);
      sources.put(source, known == null ? source(source) : known);
    }
    shown = sources;
    return RunJson.MAPPER.createArrayNode().addAll(sources.values());
  }

  private ObjectNode source(Shown shown) {
    UnitLog.Marked unit = shown.episodes();
    Map<String, ObjectNode> targets = targets(shown.targets());
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

  private UnitLog.@Nullable Marked relabelled(int iteration) {
    return all("relabel").stream().filter(u -> u.iteration() == iteration).findFirst().orElse(null);
  }

  private Map<String, ObjectNode> targets(UnitLog.@Nullable Marked unit) {
    Map<String, ObjectNode> targets = new HashMap<>();
    if (unit == null) {
      return targets;
    }
    for (ObjectNode line : lines(unit, "target")) {
      targets.put(
          attempt(
              line.get("problem").asText(), line.get("sample").asInt(), line.get("turn").asInt()),
          line);
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
    return lines(unit).stream().filter(l -> l.path("kind").asText().equals(kind)).toList();
  }

  private List<ObjectNode> lines(UnitLog.Marked unit) {
    return UnitLog.read(folder.resolve(UnitLog.NAME), unit).lines();
  }
}
