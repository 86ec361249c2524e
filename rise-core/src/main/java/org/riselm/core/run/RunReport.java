package org.riselm.core.run;

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
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.TrainingProgress;
import org.riselm.core.relabel.Relabel;

/**
 * The page that shows a run to people: {@code report.html}, one file that needs no network. The
 * page's own script draws the pictures from the data that is written into it here.
 */
final class RunReport {
  static final String NAME = "report.html";

  private static final int MOST_STEPS = 2000;

  private final Path folder;
  private final IdentityHashMap<UnitLog.Marked, Excerpt> excerpts = new IdentityHashMap<>();
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

  /** A unit was completed: it need not be read from disk. */
  void took(UnitLog.Marked place, Unit unit) {
    excerpts.put(place, Excerpt.of(unit));
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
    Disk.show(folder.resolve(NAME), page.replace("/*RUN*/", json));
    excerpts.keySet().retainAll(units);
    excerpts.replaceAll((unit, excerpt) -> isShown(unit) ? excerpt : excerpt.numbers());
  }

  private boolean isShown(UnitLog.Marked unit) {
    return shown.keySet().stream()
        .anyMatch(s -> unit.equals(s.episodes()) || unit.equals(s.targets()));
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
    data.set("weights", distribution("train", Excerpt::weights));
    data.set("rewards", distribution("collect", Excerpt::rewards));
    data.set("sources", sources());
    return data;
  }

  private Excerpt excerpt(UnitLog.Marked unit) {
    return excerpts.computeIfAbsent(
        unit, u -> Excerpt.of(UnitLog.read(folder.resolve(UnitLog.NAME), u)));
  }

  /** Of all trainings; every so many if there are very many. */
  private ArrayNode steps() {
    List<ObjectNode> all = new ArrayList<>();
    for (UnitLog.Marked unit : all("train")) {
      for (TrainingProgress.Step step : excerpt(unit).steps()) {
        ObjectNode node = RunJson.MAPPER.createObjectNode();
        node.put("iteration", unit.iteration()).put("number", step.number());
        node.put("loss", step.loss()).put("gradientNorm", step.gradientNorm());
        all.add(node.put("learningRate", step.learningRate()).put("tokens", step.tokens()));
      }
    }
    int every = Math.max(1, (all.size() + MOST_STEPS - 1) / MOST_STEPS);
    ArrayNode steps = RunJson.MAPPER.createArrayNode();
    for (int i = 0; i < all.size(); i += every) {
      steps.add(all.get(i));
    }
    return steps;
  }

  /** Of every iteration, in the same bins. */
  private ObjectNode distribution(String stage, Function<Excerpt, List<Double>> of) {
    Map<Integer, List<Double>> values = new TreeMap<>();
    all(stage).forEach(u -> values.put(u.iteration(), of.apply(excerpt(u))));
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
    Excerpt excerpt = excerpt(unit);
    Map<String, Relabel> targets =
        shown.targets() == null ? Map.of() : excerpt(shown.targets()).targets();
    ObjectNode source = RunJson.MAPPER.createObjectNode();
    source.put("stage", unit.stage());
    source.put(
        "name",
        (unit.stage().equals("evaluate") ? "evaluation after " : "collection of ")
            + (unit.iteration() == 0 ? "the base" : "iteration " + unit.iteration()));
    source.put("total", excerpt.total());
    ArrayNode episodes = source.putArray("episodes");
    excerpt.episodes().forEach(e -> episodes.add(episode(e, targets)));
    return source;
  }

  private static ObjectNode episode(Episode from, Map<String, Relabel> targets) {
    ObjectNode episode = RunJson.MAPPER.createObjectNode();
    episode.put("prompt", from.problem().prompt());
    episode.put("reference", from.problem().reference());
    ArrayNode turns = episode.putArray("turns");
    int number = 1;
    for (Turn turn : from.turns()) {
      ObjectNode shown = turns.addObject();
      shown.put("text", turn.response().text());
      shown.put("reward", turn.reward());
      shown.put("feedback", turn.feedback());
      shown.put("failure", turn.failure());
      Relabel target = targets.get(Excerpt.attempt(from.problem().id(), from.sample(), number++));
      if (target != null) {
        shown.put("target", target.response().text());
        shown.put("source", target.source());
      }
    }
    return episode;
  }

  private UnitLog.@Nullable Marked relabelled(int iteration) {
    return all("relabel").stream().filter(u -> u.iteration() == iteration).findFirst().orElse(null);
  }

  private List<UnitLog.Marked> all(String stage) {
    return units.stream().filter(u -> u.stage().equals(stage)).toList();
  }

  private Optional<UnitLog.Marked> last(String stage) {
    List<UnitLog.Marked> all = all(stage);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }
}
