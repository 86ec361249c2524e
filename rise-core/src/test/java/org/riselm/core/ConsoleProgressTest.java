package org.riselm.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.riselm.core.RiseListener.PhaseFinished;
import org.riselm.core.RiseListener.PhaseProgressed;
import org.riselm.core.RiseListener.PhaseStarted;
import org.riselm.core.internal.trainer.ProgressLine;
import org.riselm.core.policy.TrainingProgress;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanos;
  private final ConsoleProgress progress =
      new ConsoleProgress(
          new ProgressLine(
              new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 0, () -> nanos),
          "control");

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aPhaseShowsItsIterationAndItsReward() {
    progress.phaseStarted(new PhaseStarted(Phase.COLLECT, 2));
    nanos += 4_000_000_000L;
    progress.phaseProgressed(
        new PhaseProgressed(Phase.COLLECT, 2, 50, 100, 8000, 0.25, Double.NaN, 4));
    nanos += 4_000_000_000L;
    progress.phaseFinished(new PhaseFinished(Phase.COLLECT, 2, 8));

    assertEquals(2, lines().size());
    assertTrue(lines().get(0).startsWith("control: iteration 2: collect"), lines().get(0));
    assertTrue(lines().get(0).contains("50/100  2,000 tokens/s  reward 0.250  0:04 left"));
    assertTrue(lines().get(1).contains("8.0 s"), lines().get(1));
  }

  @Test
  void theEvaluationOfTheBaseHasNoIteration() {
    progress.phaseStarted(new PhaseStarted(Phase.EVALUATE, 0));
    progress.phaseFinished(new PhaseFinished(Phase.EVALUATE, 0, 0));

    assertTrue(lines().get(0).startsWith("control: evaluate "), lines().get(0));
  }

  @Test
  void aTrainingShowsItsLossAndEndsWithItsLastStep() {
    TrainingProgress training = progress.training("train");
    for (int step = 1; step <= 4; step++) {
      nanos += 3_000_000_000L;
      training.stepped(new TrainingProgress.Step(step, 4, 1.0 / step, 1, 1e-3, 300));
    }

    assertEquals(4, lines().size());
    assertTrue(
        lines().get(1).contains("2/4  100 tokens/s  loss 0.5000  0:06 left"), lines().get(1));
    assertTrue(lines().get(3).contains("12.0 s  1,200 tokens, 100/s  loss 0.2500"));
  }
}
