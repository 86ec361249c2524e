package org.riselm.core.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.riselm.core.mdp.Example;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.TrainingRequest;
import org.riselm.core.policy.spi.TrainingCheckpoints;
import org.riselm.core.run.RunException;

/**
 * The training in flight: its steps in {@code training.jsonl}, and checkpoints to go on from. A
 * checkpoint is on disk before the line that names it is. All of it goes when the unit is complete.
 */
final class TrainingJournal implements TrainingCheckpoints, AutoCloseable {
  static final String NAME = "training.jsonl";

  /** How many checkpoints stay: one more than needed, for the case that the last is damaged. */
  private static final int KEPT = 2;

  private final Path file;
  private final Checkpoints checkpoints;
  private final long intervalNanos;
  private final Consumer<String> notes;
  private final Journal journal;
  private final List<Point> points = new ArrayList<>();
  private final List<TrainingStep> steps = new ArrayList<>();
  private String training = "";
  private Supplier<String> fingerprint = () -> "";
  private long keptAt;

  /** A checkpoint after {@code steps} steps; the line that names it ends at {@code end}. */
  private record Point(int steps, String sha256, long lines, long end) {
    String name() {
      return Checkpoints.afterStep(steps);
    }
  }

  /**
   * Opens what there is of the training in flight in {@code folder}.
   *
   * @param interval between two checkpoints, at least
   * @param notes told what is damaged
   */
  TrainingJournal(Path folder, Checkpoints checkpoints, Duration interval, Consumer<String> notes)
      throws IOException {
    this.file = folder.resolve(NAME);
    this.checkpoints = checkpoints;
    this.intervalNanos = interval.toNanos();
    this.notes = notes;
    Journal.Extent good = new Journal.Extent(0, 0, null, false);
    if (Files.exists(file)) {
      good = Journal.read(file, 0, Long.MAX_VALUE, 0, this::take);
      if (good.damage() != null) {
        notes.accept("%s: %s; its steps are done again".formatted(file, good.damage()));
      }
    }
    this.journal = new Journal(file, good.lines(), good.end());
  }

  private void take(Journal.Line line) {
    JsonNode json = line.json();
    switch (json.path("kind").asText()) {
      case "training" -> training = json.path("sha256").asText();
      case "step" -> steps.add(RunJson.read(json.path("step"), TrainingStep.class));
      case "checkpoint" ->
          points.add(
              new Point(steps.size(), json.path("sha256").asText(), line.number() + 1, line.end()));
      default -> throw new RunException(file + " holds a line of an unknown kind: " + json);
    }
  }

  /** A training begins or, if it is the one in the file, goes on. */
  void begin(List<Example> examples, TrainingRequest settings) {
    // Many a training is over before its first checkpoint is due, and needs no fingerprint.
    fingerprint = () -> sha256(examples, settings);
    if (!training.isEmpty() && !training.equals(fingerprint.get())) {
      empty();
    }
    keptAt = System.nanoTime();
  }

  /** Tells trainings apart; the manifest has the settings that all of a run's trainings share. */
  private static String sha256(List<Example> examples, TrainingRequest settings) {
    Hasher hasher = Hashing.sha256().newHasher();
    hasher.putLong(settings.seed());
    hasher.putString(settings.normalization().name(), StandardCharsets.UTF_8);
    examples.forEach(e -> hasher.putBytes(RunJson.bytes(e)));
    return hasher.hash().toString();
  }

  @Override
  public List<TrainingStep> resume(State state) {
    try {
      List<Point> onDisk = points.subList(Math.max(0, points.size() - KEPT), points.size());
      for (int i = onDisk.size() - 1; i >= 0; i--) {
        Point point = onDisk.get(i);
        String fault = checkpoints.fault(point.name(), point.sha256());
        if (fault.isEmpty()) {
          goBackTo(point);
          state.restore(checkpoints.saved(point.name()));
          return List.copyOf(steps);
        }
        notes.accept(fault + "; the steps up to it are done again");
      }
    } catch (IOException e) {
      throw new RunException("%s: could not resume the training: %s".formatted(file, e), e);
    }
    empty();
    return List.of();
  }

  private void goBackTo(Point point) throws IOException {
    journal.cut(point.lines(), point.end());
    points.subList(points.indexOf(point) + 1, points.size()).clear();
    steps.subList(point.steps(), steps.size()).clear();
  }

  @Override
  public boolean isDue() {
    return System.nanoTime() - keptAt >= intervalNanos;
  }

  @Override
  public void save(List<TrainingStep> all, State state) {
    try {
      List<TrainingStep> more = all.subList(steps.size(), all.size());
      String sha256 = checkpoints.save(Checkpoints.afterStep(all.size()), state::save);
      List<ObjectNode> lines = new ArrayList<>();
      if (training.isEmpty()) {
        training = fingerprint.get();
        lines.add(line("training").put("sha256", training));
      }
      for (TrainingStep step : more) {
        lines.add(line("step").putPOJO("step", step));
      }
      lines.add(line("checkpoint").put("sha256", sha256));
      journal.append(lines);
      steps.addAll(more);
      points.add(new Point(steps.size(), sha256, journal.lines(), journal.end()));
      Set<String> kept = new HashSet<>();
      points
          .subList(Math.max(0, points.size() - KEPT), points.size())
          .forEach(point -> kept.add(point.name()));
      checkpoints.retainSteps(kept);
      keptAt = System.nanoTime();
    } catch (IOException e) {
      throw new RunException(
          "%s: could not save a checkpoint after step %d: %s; make room or mend the disk, then resume the run"
              .formatted(file, all.size(), e),
          e);
    }
  }

  /** Forgets everything: the training is complete. */
  void clear() {
    fingerprint = () -> "";
    empty();
  }

  private void empty() {
    training = "";
    points.clear();
    steps.clear();
    try {
      if (journal.lines() > 0) {
        journal.cut(0, 0);
      }
      checkpoints.retainSteps(Set.of());
    } catch (IOException e) {
      throw new RunException("%s: could not empty it: %s".formatted(file, e), e);
    }
  }

  private static ObjectNode line(String kind) {
    return RunJson.MAPPER.createObjectNode().put("kind", kind);
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
