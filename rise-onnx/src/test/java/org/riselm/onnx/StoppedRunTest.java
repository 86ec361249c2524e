package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.mdp.Feedback;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.core.policy.TrainingOptions;
import org.riselm.core.relabel.Relabelers;
import org.riselm.core.run.RunDigest;
import org.riselm.core.run.RunOptions;
import org.riselm.core.task.ProblemSet;
import org.riselm.onnx.internal.runtime.NativeMemory;

/** A run of a real model that is stopped frees what it holds, and goes on to the same bytes. */
class StoppedRunTest {
  @TempDir static Path temp;
  private static RunDigest calm;

  @BeforeAll
  static void runUndisturbed() throws IOException {
    calm = finish(temp.resolve("calm"));
  }

  private static ProblemSet problems(String name, int first) {
    Verifier starts =
        new Verifier() {
          @Override
          public Optional<String> answer(String response) {
            return response.isBlank()
                ? Optional.empty()
                : Optional.of(response.replaceFirst(" .*", ""));
          }

          @Override
          public boolean equivalent(String answer, String other) {
            return answer.equals(other);
          }

          @Override
          public String referenceAnswer(Problem problem) {
            return problem.reference();
          }
        };
    List<String> things = List.of("sky", "grass", "rose", "fog");
    List<String> colors = List.of("blue", "green", "red", "grey");
    return new ProblemSet(
        name,
        IntStream.range(first, first + 12)
            .mapToObj(
                i -> {
                  String prompt = things.get(i % 4) + " " + TinyModel.WORDS.get(i / 4);
                  return Problem.of(name + i, prompt, colors.get(i % 4));
                })
            .toList(),
        starts);
  }

  private static RiseTrainer trainer(OnnxPolicy policy, Path folder, RiseListener listener) {
    return RiseTrainer.builder(policy, problems("train", 0))
        .evaluateOn(problems("held-out", 20))
        .evaluation(e -> e.turns(2).samplesPerProblem(2))
        .relabeler(Relabelers.reference())
        .feedback(Feedback.neutral("try again"))
        .sampling(SamplingOptions.ofMaxNewTokens(4))
        .training(TrainingOptions.builder().learningRate(1e-2).batchSize(4).steps(6).build())
        .listener(listener)
        .runDirectory(folder)
        .runOptions(RunOptions.builder().checkpointInterval(Duration.ZERO).build())
        .build();
  }

  private static RunDigest finish(Path folder) throws IOException {
    try (OnnxPolicy policy = TinyModel.policy(temp, 1);
        RiseTrainer trainer = trainer(policy, folder, new RiseListener() {})) {
      finish(trainer);
    }
    return RunDigest.of(folder);
  }

  private static void finish(RiseTrainer trainer) {
    if (trainer.iterations() == 0) {
      trainer.evaluate();
    }
    while (trainer.iterations() < 2) {
      trainer.iterate();
    }
  }

  @ParameterizedTest
  @CsvSource({"COLLECT, 1", "TRAIN, 1", "TRAIN, 2", "EVALUATE, 2"})
  void anInterruptStopsWithinAStepAndFreesNativeMemory(Phase phase, int iteration)
      throws IOException {
    Path folder = temp.resolve(phase + "-" + iteration);
    int[] toldAfter = {0};
    RiseListener interrupter =
        new RiseListener() {
          @Override
          public void phaseProgressed(PhaseProgressed event) {
            if (event.phase() == phase
                && event.iteration() == iteration
                && event.progress().done() >= 2) {
              toldAfter[0]++;
              Thread.currentThread().interrupt();
            }
          }
        };
    long before = NativeMemory.openObjects();
    try (OnnxPolicy policy = TinyModel.policy(temp, 1);
        RiseTrainer trainer = trainer(policy, folder, interrupter)) {
      assertThrows(CancellationException.class, () -> finish(trainer));
      assertTrue(Thread.interrupted());
      assertEquals(1, toldAfter[0], "steps after the interrupt");
    }
    assertEquals(before, NativeMemory.openObjects());
    assertEquals(calm, finish(folder));
    assertEquals(before, NativeMemory.openObjects());
  }

  @Test
  void closingFromAnotherThreadStopsATraining() throws Exception {
    Path folder = temp.resolve("closed");
    CountDownLatch training = new CountDownLatch(1);
    RiseListener signal =
        new RiseListener() {
          @Override
          public void stepped(Stepped event) {
            training.countDown();
            while (!Thread.currentThread().isInterrupted()) {
              Thread.onSpinWait();
            }
          }
        };
    long before = NativeMemory.openObjects();
    OnnxPolicy policy = TinyModel.policy(temp, 1);
    RiseTrainer trainer = trainer(policy, folder, signal);
    FutureTask<Void> work = new FutureTask<>(() -> finish(trainer), null);
    new Thread(work).start();
    training.await();
    trainer.close();
    ExecutionException e = assertThrows(ExecutionException.class, work::get);
    assertTrue(e.getCause() instanceof CancellationException, e::toString);
    policy.close();
    assertEquals(before, NativeMemory.openObjects());
    assertEquals(calm, finish(folder));
  }
}
