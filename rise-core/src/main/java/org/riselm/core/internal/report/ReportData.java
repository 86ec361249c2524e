package org.riselm.core.internal.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.Iterables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.internal.run.StageLog;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Response.FinishReason;
import org.riselm.core.mdp.Turn;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.relabel.Target;

/** What the report's pictures, tables and episodes come from, for the page's script to read. */
final class ReportData {
  private static final int MOST_STEPS = 2000;
  private static final int LONGEST_TEXT = 4000;

  private final List<StageLog.Marked> units;
  private final Function<StageLog.Marked, ReportExcerpt> excerpts;
  private final List<Shown> shown;

  /**
   * The data of a run that has come to {@code units}.
   *
   * @param excerpts finds a unit's
   */
  ReportData(List<StageLog.Marked> units, Function<StageLog.Marked, ReportExcerpt> excerpts) {
    this.units = units;
    this.excerpts = excerpts;
    this.shown = shown();
  }

  /**
   * The episodes of a unit as the page has them.
   *
   * @param episodes whose they are
   * @param targets what they are replaced by; null if that is not known yet
   */
  private record Shown(StageLog.Marked episodes, StageLog.@Nullable Marked targets) {}

  /** The last and the first evaluation, and the last collection. */
  private List<Shown> shown() {
    List<Shown> all = new ArrayList<>();
    List<StageLog.Marked> evaluations = all("evaluate");
    if (!evaluations.isEmpty()) {
      all.add(new Shown(evaluations.get(evaluations.size() - 1), null));
    }
    if (evaluations.size() > 1) {
      all.add(new Shown(evaluations.get(0), null));
    }
    List<StageLog.Marked> collections = all("collect");
    if (!collections.isEmpty()) {
      StageLog.Marked last = collections.get(collections.size() - 1);
      all.add(new Shown(last, relabeled(last.iteration())));
    }
    return all;
  }

  private StageLog.@Nullable Marked relabeled(int iteration) {
    return all("relabel").stream().filter(u -> u.iteration() == iteration).findFirst().orElse(null);
  }

  private List<StageLog.Marked> all(String stage) {
    return units.stream().filter(u -> u.stage().equals(stage)).toList();
  }

  /** Whether the page shows episodes or targets of {@code unit}. */
  boolean shows(StageLog.Marked unit) {
    return shown.stream().anyMatch(s -> unit.equals(s.episodes()) || unit.equals(s.targets()));
  }

  /** Writes the fields. */
  void writeTo(JsonGenerator out) throws IOException {
    out.writeArrayFieldStart("units");
    for (StageLog.Marked unit : units) {
      ObjectNode mark = ((ObjectNode) unit.mark()).deepCopy();
      if (unit.stage().equals("collect") || unit.stage().equals("relabel")) {
        mark.set("figures", RunJson.MAPPER.valueToTree(excerpts.apply(unit).figures()));
      }
      out.writeTree(mark);
    }
    out.writeEndArray();
    writeSteps(out);
    writeDistribution(out, "weights", "train", ReportExcerpt::weights);
    writeDistribution(out, "rewards", "collect", ReportExcerpt::rewards);
    out.writeArrayFieldStart("sources");
    for (Shown source : shown) {
      writeSource(out, source);
    }
    out.writeEndArray();
  }

  /** Of all trainings; every so many if there are very many. */
  private void writeSteps(JsonGenerator out) throws IOException {
    List<StageLog.Marked> trainings = all("train");
    int total = trainings.stream().mapToInt(u -> excerpts.apply(u).steps().size()).sum();
    int every = Math.max(1, (total + MOST_STEPS - 1) / MOST_STEPS);
    int index = 0;
    out.writeArrayFieldStart("steps");
    for (StageLog.Marked unit : trainings) {
      for (TrainingStep step : excerpts.apply(unit).steps()) {
        if (index++ % every == 0) {
          out.writeStartObject();
          out.writeNumberField("iteration", unit.iteration());
          out.writeNumberField("number", step.number());
          out.writeNumberField("loss", step.loss());
          out.writeNumberField("gradientNorm", step.gradientNorm());
          out.writeNumberField("learningRate", step.learningRate());
          out.writeNumberField("tokens", step.tokens());
          out.writeEndObject();
        }
      }
    }
    out.writeEndArray();
  }

  /** Of every iteration, in the same bins. */
  private void writeDistribution(
      JsonGenerator out, String name, String stage, Function<ReportExcerpt, List<Double>> of)
      throws IOException {
    Map<Integer, List<Double>> values = new TreeMap<>();
    all(stage).forEach(u -> values.put(u.iteration(), of.apply(excerpts.apply(u))));
    Histogram histogram = Histogram.over(Iterables.concat(values.values()));
    out.writeObjectFieldStart(name);
    out.writeArrayFieldStart("bins");
    for (double[] bin : histogram.bins()) {
      out.writeArray(bin, 0, bin.length);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("series");
    for (Map.Entry<Integer, List<Double>> iteration : values.entrySet()) {
      out.writeStartObject();
      out.writeNumberField("iteration", iteration.getKey());
      out.writeFieldName("counts");
      int[] counts = histogram.counts(iteration.getValue());
      out.writeArray(counts, 0, counts.length);
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private void writeSource(JsonGenerator out, Shown source) throws IOException {
    StageLog.Marked unit = source.episodes();
    StageLog.Marked replaced = source.targets();
    Map<String, Target> targets = replaced == null ? Map.of() : excerpts.apply(replaced).targets();
    ReportExcerpt excerpt = excerpts.apply(unit);
    out.writeStartObject();
    out.writeStringField("stage", unit.stage());
    out.writeStringField(
        "name",
        (unit.stage().equals("evaluate") ? "evaluation after " : "collection of ")
            + (unit.iteration() == 0 ? "the base" : "iteration " + unit.iteration()));
    out.writeNumberField("total", excerpt.total());
    out.writeArrayFieldStart("episodes");
    for (Episode episode : excerpt.episodes()) {
      writeEpisode(out, episode, targets, excerpt.answers());
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void writeEpisode(
      JsonGenerator out,
      Episode episode,
      Map<String, Target> targets,
      Map<String, List<List<Integer>>> answers)
      throws IOException {
    String id = episode.problem().id();
    List<List<Integer>> rollouts = answers.getOrDefault(id, List.of());
    out.writeStartObject();
    out.writeStringField("problem", id);
    out.writeNumberField("sample", episode.sample());
    out.writeStringField("prompt", cut(episode.problem().prompt()));
    out.writeStringField("reference", cut(episode.problem().reference()));
    out.writeArrayFieldStart("firstAnswers");
    for (List<Integer> rollout : rollouts) {
      out.writeNumber(rollout.isEmpty() ? -1 : rollout.get(0));
    }
    out.writeEndArray();
    out.writeArrayFieldStart("turns");
    int number = 1;
    for (Turn turn : episode.turns()) {
      out.writeStartObject();
      out.writeStringField("text", cut(turn.response().text()));
      out.writeBooleanField("truncated", turn.response().finish() == FinishReason.LENGTH);
      out.writeNumberField("tokens", turn.response().tokens().size());
      out.writeNumberField("reward", turn.reward());
      out.writeStringField("feedback", cut(turn.feedback()));
      out.writeStringField("failure", cut(turn.failure()));
      if (episode.sample() < rollouts.size() && number <= rollouts.get(episode.sample()).size()) {
        out.writeNumberField("answer", rollouts.get(episode.sample()).get(number - 1));
      }
      Target target = targets.get(ReportExcerpt.attempt(id, episode.sample(), number++));
      if (target != null) {
        out.writeStringField("target", cut(target.response().text()));
        out.writeStringField("source", target.source());
      }
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** Returns {@code text}; its beginning, and how long it is, if it is very long. */
  static @Nullable String cut(@Nullable String text) {
    if (text == null || text.length() <= LONGEST_TEXT) {
      return text;
    }
    int end = LONGEST_TEXT - (Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? 1 : 0);
    return "%s … (cut; all %d characters are in journal.jsonl)"
        .formatted(text.substring(0, end), text.length());
  }
}
