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
import org.riselm.core.policy.ProgressEvent;
import org.riselm.core.policy.ProgressEvent.TrainingStep;
import org.riselm.core.policy.ProgressListener;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanos;
  private final ConsoleProgress progress =
      new ConsoleProgress(
          new PrintStream(bytes, true, StandardCharsets.UTF_8), "control", () -> nanos);

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aPhaseShowsItsIterationAndItsReward() {
    progress.phaseStarted(new PhaseStarted(Phase.COLLECT, 2));
    nanos += 4_000_000_000L;
    progress.phaseProgressed(
        new PhaseProgressed(Phase.COLLECT, 2, ProgressEvent.ofSampling(50, 100, 8000, 0.25), 4));
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
    ProgressListener training = progress.training("train");
    for (int step = 1; step <= 4; step++) {
      nanos += 3_000_000_000L;
      training.progressed(
          ProgressEvent.ofTraining(
              new TrainingStep(step, 4, 1.0 / step, 1, 1e-3, 300), 300L * step));
    }

    assertEquals(4, lines().size());
    assertTrue(
        lines().get(1).contains("2/4  100 tokens/s  loss 0.5000  0:06 left"), lines().get(1));
    assertTrue(lines().get(3).contains("12.0 s  1,200 tokens, 100/s  loss 0.2500"));
  }

  @Test
  void aLongPhaseGetsALinePerTenthAndOneAtTheEnd() {
    ProgressListener training = progress.training("train base");
    for (int step = 1; step <= 1000; step++) {
      nanos += 30_000_000L;
      training.progressed(
          ProgressEvent.ofTraining(new TrainingStep(step, 1000, 1.5, 1, 1e-3, 50), 50L * step));
    }

    assertEquals(10, lines().size(), () -> lines().toString());
    String half = lines().get(4);
    assertTrue(half.startsWith("control: train base"), half);
    assertTrue(half.contains("500/1000  1,667 tokens/s  loss 1.5000  0:15 left"), half);
    assertTrue(lines().get(9).contains("30.0 s"), lines().get(9));
    assertTrue(lines().get(9).contains("50,000 tokens"), lines().get(9));
  }

  @Test
  void workThatIsDoneInAMomentGetsOneLine() {
    progress.phaseStarted(new PhaseStarted(Phase.EVALUATE, 0));
    for (int i = 1; i <= 1000; i++) {
      nanos += 1_000_000L;
      progress.phaseProgressed(
          new PhaseProgressed(
              Phase.EVALUATE, 0, ProgressEvent.ofSampling(i, 1000, i, Double.NaN), i / 1e3));
    }
    progress.phaseFinished(new PhaseFinished(Phase.EVALUATE, 0, 1));

    assertEquals(1, lines().size(), () -> lines().toString());
  }
}
