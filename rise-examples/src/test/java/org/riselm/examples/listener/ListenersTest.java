package org.riselm.examples.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.IterationReport;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Problem;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.ProblemSet;

/** Both listeners on a run that is real, if small. */
class ListenersTest {
  @TempDir Path folder;

  private static ProblemSet problems(String name, int first) {
    return new ProblemSet(
        name,
        Stream.iterate(first, i -> i + 1)
            .limit(6)
            .map(i -> Problem.of(name + i, "What is " + i + "?", "#### " + i % 2))
            .toList(),
        new Gsm8kVerifier());
  }

  private static IterationReport run(RiseListener... listeners) {
    var builder =
        RiseTrainer.builder(
                new TablePolicy(List.of("#### 0", "#### 1"), s -> s.problem().prompt()),
                problems("train", 0))
            .evaluateOn(problems("held-out", 100))
            .evaluation(e -> e.turns(2))
            .relabeler(Relabelers.bestOf(4))
            .training(TrainingOptions.builder().learningRate(1).steps(3).build());
    List.of(listeners).forEach(builder::listener);
    RiseTrainer trainer = builder.build();
    trainer.evaluate();
    return trainer.iterate();
  }

  @Test
  void tensorBoardGetsLossesRewardsAndAccuracies() throws IOException {
    try (TensorBoardListener listener = new TensorBoardListener(folder)) {
      run(listener);
    }
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    assertTrue(file.getFileName().toString().startsWith("events.out.tfevents."), file::toString);
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertEquals(3, text.split("train/loss", -1).length - 1);
    assertEquals(2, text.split("accuracy/turn 2", -1).length - 1);
    for (String tag :
        List.of("train/learning rate", "collect/mean reward", "equal budget/m1@t2 revising")) {
      assertTrue(text.contains(tag), tag);
    }
  }

  @Test
  void micrometerGetsTokensPhasesAndTheLastValues() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    IterationReport report = run(new MicrometerListener(registry));
    assertEquals(
        (double) report.collected().tokens(),
        registry.get("rise.tokens").tag("phase", "collect").counter().count());
    assertEquals(
        (double) report.training().tokens(),
        registry.get("rise.tokens").tag("phase", "train").counter().count());
    assertEquals(2, registry.get("rise.phase").tag("phase", "evaluate").timer().count());
    assertEquals(1, registry.get("rise.iterations").counter().count());
    assertEquals(1, registry.get("rise.progress").tag("phase", "train").gauge().value());
    assertTrue(registry.get("rise.loss").gauge().value() > 0);
    assertEquals(
        report.evaluation().orElseThrow().accuracyByTurn().get(1).estimate(),
        registry.get("rise.accuracy").tag("turn", "2").gauge().value());
  }
}
