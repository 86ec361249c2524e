package org.riselm.examples.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.examples.lab.toy.ToyExercise;
import org.riselm.examples.lab.toy.ToyRecipe;

/** The whole showcase, so small that it learns nothing: every phase, not the effect. */
class ShowcaseTest {
  private static final ToyRecipe TINY = new ToyRecipe(4, 12, 3, 4);

  @TempDir Path folder;

  private String run(String... args) throws IOException {
    return start(
        ImmutableList.<String>builder()
            .add("--out", folder.toString())
            .add(args)
            .build()
            .toArray(String[]::new));
  }

  private static String start(String... args) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String[] all =
        ImmutableList.<String>builder()
            .add("--problems", "8")
            .add(args)
            .build()
            .toArray(String[]::new);
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      new Showcase(new ToyExercise(), ShowcaseOptions.parse(Showcase.class, all), TINY, out).run();
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyStageIsInTheTableAndTheSummary() throws IOException {
    String printed = run("--seed", "5", "--relabel", "self", "--iterations", "2", "--controls");

    List<String> stages =
        List.of(
            "base",
            "iteration 1",
            "iteration 2",
            "control: single-turn SFT",
            "control: shuffled rewards");
    JsonNode summary = new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
    assertEquals(
        List.of("problems", "seed", "wallSeconds", "stages"),
        ImmutableList.copyOf(summary.fieldNames()));
    assertEquals(8, summary.get("problems").intValue());
    assertEquals(5, summary.get("seed").intValue());
    assertTrue(summary.get("wallSeconds").doubleValue() > 0);
    assertEquals(stages.size(), summary.get("stages").size());
    for (int i = 0; i < stages.size(); i++) {
      assertTrue(printed.contains(stages.get(i)), printed);
      assertStage(stages.get(i), summary.get("stages").get(i));
    }
    assertTrue(printed.contains("What it does not show"), printed);
    assertTrue(Files.isDirectory(folder.resolve("base")));
    assertTrue(Files.isDirectory(folder.resolve("revised")));
  }

  private static void assertStage(String name, JsonNode stage) {
    assertEquals(
        List.of(
            "name",
            "accuracyByTurn",
            "m1@t1",
            "m5@t1",
            "m1@t5",
            "p1@t5",
            "incorrectToCorrect",
            "correctToIncorrect"),
        ImmutableList.copyOf(stage.fieldNames()));
    assertEquals(name, stage.get("name").textValue());
    assertEquals(5, stage.get("accuracyByTurn").size());
    assertEquals(stage.get("m1@t1"), stage.get("accuracyByTurn").get(0));
    stage.forEach(
        value -> {
          if (value.isNumber()) {
            assertTrue(value.doubleValue() >= 0 && value.doubleValue() <= 1, stage.toString());
          }
        });
  }

  @Test
  void aSecondRunReplacesTheFirstAndOneSeedGivesOneResult() throws IOException {
    run("--seed", "1");
    JsonNode first = stages();
    run("--seed", "1");

    assertEquals(first, stages());
  }

  @Test
  void aRunThatIsStoppedGoesOnAndEndsWithTheSameLine() throws Exception {
    String expected = finalLine(start("--out", folder.resolve("calm").toString()));
    Path stopped = folder.resolve("stopped");
    Thread worker =
        new Thread(() -> assertThrows(Exception.class, () -> start("--run", stopped.toString())));
    worker.start();
    Path journal = stopped.resolve("run").resolve("journal.jsonl");
    while (worker.isAlive() && (!Files.exists(journal) || Files.size(journal) == 0)) {
      Thread.sleep(5);
    }
    worker.interrupt();
    worker.join();

    assertEquals(expected, finalLine(start("--run", stopped.toString())));
    // Now everything is done, and only told again.
    assertEquals(expected, finalLine(start("--run", stopped.toString())));
  }

  @Test
  void aBaseOfAnotherSeedIsNotGoneOnWith() throws IOException {
    start("--run", folder.toString(), "--seed", "1");
    String message =
        assertThrows(IOException.class, () -> start("--run", folder.toString(), "--seed", "2"))
            .getMessage();
    assertTrue(message.contains("seed 1") && message.contains("seed 2"), message);
  }

  private static String finalLine(String printed) {
    String last = printed.strip().lines().reduce("", (a, b) -> b);
    assertTrue(last.matches("final [0-9a-f]{64} [0-9a-f]{64}"), printed);
    return last;
  }

  private JsonNode stages() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("summary.json").toFile()).get("stages");
  }

  @Test
  void aWrongOptionIsNamed() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> ShowcaseOptions.parse(Showcase.class, "--relabel", "oracle"))
            .getMessage();
    assertTrue(message.contains("oracle") && message.contains("teacher or self"), message);
  }

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    ShowcaseOptions options = ShowcaseOptions.parse(Showcase.class);
    assertEquals(0, options.seed());
    assertEquals(600, options.problems());
    assertEquals(ShowcaseOptions.Relabel.TEACHER, options.relabel());
    assertEquals(1, options.iterations());
    assertEquals(ShowcaseOptions.Scale.STANDARD, options.scale());
    assertEquals(32, ShowcaseOptions.parse(Showcase.class, "--scale", "tiny").problems());
    assertTrue(options.out().endsWith(Path.of("target", "showcase")), options.out().toString());
  }
}
