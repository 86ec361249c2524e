package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.evaluation.Evaluation;

class TrainOnGsm8kTest {
  @Test
  void aWholeIterationRunsOnRealProblems(@TempDir Path folder) throws IOException {
    assumeTrue(
        TrainOnGsm8kOptions.findData(Path.of("")).isPresent(),
        "GSM8K is not here: there is no shared/data/gsm8k above this folder");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Path saved = folder.resolve("model");
    Map<String, Evaluation> stages;
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      TrainOnGsm8kOptions options =
          TrainOnGsm8kOptions.parse(
              "--problems", "4", "--max-new-tokens", "8", "--out", saved.toString());
      stages = new TrainOnGsm8k(options, out).run();
    }
    String printed = bytes.toString(StandardCharsets.UTF_8);

    assertEquals(List.of("base", "iteration 1"), List.copyOf(stages.keySet()));
    for (Evaluation evaluation : stages.values()) {
      assertEquals(4, evaluation.problems());
      assertEquals(0, evaluation.failures(), "every state fits the context");
    }
    // Four problems of two turns each, all wrong, all given the reference solution.
    assertTrue(printed.contains("reference 8"), printed);
    assertTrue(Files.isDirectory(saved));
  }

  @Test
  void theDataIsFoundInAFolderAbove(@TempDir Path folder) throws IOException {
    Path data = Files.createDirectories(folder.resolve("shared/data/gsm8k"));
    Path deep = Files.createDirectories(folder.resolve("a/b"));

    assertEquals(Optional.of(data), TrainOnGsm8kOptions.findData(deep));
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
    Path missing = folder.resolve("train.jsonl");
    TrainOnGsm8kOptions options =
        TrainOnGsm8kOptions.parse("--train", missing.toString(), "--test", missing.toString());
    String message =
        assertThrows(Exception.class, () -> new TrainOnGsm8k(options, System.out).run())
            .getMessage();
    assertTrue(message.contains(missing.toString()), message);
  }
}
