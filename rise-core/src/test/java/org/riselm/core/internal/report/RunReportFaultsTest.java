package org.riselm.core.internal.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.RiseTrainer;
import org.riselm.core.WordTask;
import org.riselm.core.internal.run.RunDirectory;
import org.riselm.core.internal.run.RunJson;
import org.riselm.core.internal.run.StageRecord;
import org.riselm.core.mdp.Episode;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Response;
import org.riselm.core.mdp.Turn;
import org.riselm.core.run.SmallRun;

/** Whatever becomes of the report, the run goes on. */
class RunReportFaultsTest {
  @TempDir Path folder;

  private RunDirectory open() {
    return RunDirectory.open(folder, Map.of(), Map.of(), Duration.ofMinutes(1));
  }

  private static StageRecord unit(int iteration, ObjectNode... lines) {
    return new StageRecord(
        "collect", iteration, List.of(lines), 1, RunJson.MAPPER.createObjectNode());
  }

  private static ObjectNode episode(String text) {
    Episode episode =
        new Episode(
            Problem.of("p", "?", "1"),
            0,
            List.of(Turn.of(Response.ofText(text), 0)),
            Episode.EndReason.TURN_LIMIT);
    return RunJson.MAPPER.createObjectNode().put("kind", "episode").putPOJO("episode", episode);
  }

  @Test
  void aReportThatCannotBeWrittenIsTold() throws IOException {
    Path run = folder.resolve("run");
    SmallRun.builder(WordTask.policy()).runDirectory(run).build().close();
    Files.delete(run.resolve("report.html"));
    Files.createDirectories(run.resolve("report.html/in the way"));
    try (RiseTrainer trainer = SmallRun.builder(WordTask.policy()).runDirectory(run).build()) {
      trainer.iterate();
      assertEquals(1, trainer.iterations());
    }
  }

  @Test
  void anExceptionWhileAReportIsMadeIsToldAndTheNextUnitIsKept() {
    ObjectNode bad = RunJson.MAPPER.createObjectNode().put("kind", "step");
    try (RunDirectory run = open()) {
      run.commit(new StageRecord("train", 1, List.of(bad), 1, RunJson.MAPPER.createObjectNode()));
      run.commit(unit(2, episode("1")));
    }
    try (RunDirectory run = open()) {
      assertTrue(run.unit("train", 1).isPresent());
      assertTrue(run.unit("collect", 2).isPresent());
      run.commit(unit(3, episode("1")));
      assertTrue(run.notes().stream().anyMatch(n -> n.contains("the run goes on")), "no note");
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {OutOfMemoryError.class, StackOverflowError.class})
  void anErrorWhileAReportIsMadeIsToldAndTheUnitIsKept(Class<? extends Error> kind) {
    try (RunDirectory run = open()) {
      run.commit(unit(1, new Failing(kind)));
      run.commit(unit(2, episode("1")));
      assertTrue(run.unit("collect", 2).isPresent());
      assertTrue(
          run.notes().stream()
              .anyMatch(n -> n.contains(kind.getName()) && n.contains("the run goes on")),
          run.notes()::toString);
    }
  }

  /** A line of the journal that can be written, and not read for the report. */
  @SuppressWarnings("unchecked") // How Jackson declares deepCopy.
  private static final class Failing extends ObjectNode {
    private static final long serialVersionUID = 1;

    private final Class<? extends Error> kind;

    Failing(Class<? extends Error> kind) {
      super(JsonNodeFactory.instance);
      this.kind = kind;
      put("kind", "episode");
    }

    @Override
    public JsonNode get(String name) {
      try {
        throw kind.getDeclaredConstructor().newInstance();
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }

    @Override
    public JsonNode path(String name) {
      return get(name);
    }
  }

  @Test
  void aReportThatWasDeletedComesBackWithTheNextUnitAndWhenTheRunIsOpened() throws IOException {
    Path report = folder.resolve("report.html");
    try (RunDirectory run = open()) {
      run.commit(unit(1, episode("1")));
    }
    Files.delete(report);
    open().close();
    assertTrue(Files.exists(report));
    Files.delete(report);
    try (RunDirectory run = open()) {
      run.commit(unit(2, episode("1")));
    }
    assertTrue(Files.exists(report));
  }

  @Test
  void longTextsAreCutInTheReportAndWholeInTheJournal() throws IOException {
    String text = "wörd ".repeat(400_000);
    try (RunDirectory run = open()) {
      run.commit(unit(1, episode(text)));
    }
    assertTrue(Files.size(folder.resolve("report.html")) < 200_000);
    assertTrue(
        Files.readString(folder.resolve("report.html"))
            .contains("cut; all 2000000 characters are in journal.jsonl"));
    try (RunDirectory run = open()) {
      Episode whole =
          RunJson.read(
              run.unit("collect", 1).orElseThrow().lines().get(0).get("episode"), Episode.class);
      assertEquals(text, whole.turns().get(0).response().text());
    }
  }
}
