package org.riselm.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.IterationReport;
import org.riselm.core.Phase;
import org.riselm.core.RiseListener;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.WordTask;
import org.riselm.core.evaluation.Evaluation;
import org.riselm.core.internal.run.Manifest;
import org.riselm.core.internal.run.RunDirectory;
import org.riselm.core.relabel.Relabelers;

class ResumeTest {
  private static final java.util.logging.Logger QUIET =
      java.util.logging.Logger.getLogger(RunDirectory.class.getName());

  @TempDir static Path undisturbed;
  private static Path calm;
  @TempDir Path temp;
  private Path folder;

  @BeforeAll
  static void runUndisturbed() {
    QUIET.setLevel(java.util.logging.Level.OFF);
    calm = undisturbed.resolve("calm");
    run(calm);
  }

  @BeforeEach
  void nameAFolder() {
    folder = temp.resolve("run");
  }

  private static void run(Path folder) {
    try (RiseTrainer trainer = open(folder)) {
      SmallRun.finish(trainer);
    }
  }

  private static RiseTrainer open(Path folder) {
    return SmallRun.builder(WordTask.policy()).runDirectory(folder).build();
  }

  private static String notes(Path folder) throws IOException {
    Manifest manifest = Manifest.read(folder);
    try (RunDirectory run =
        RunDirectory.open(folder, manifest.configuration(), java.util.Map.of(), Duration.ZERO)) {
      run.restore(WordTask.policy());
      return String.join("\n", run.notes());
    }
  }

  private Path journal() {
    return folder.resolve("journal.jsonl");
  }

  @Test
  void aRunOnDiskIsTheRunInMemory() {
    RiseTrainer memory = SmallRun.builder(WordTask.policy()).build();
    SmallRun.finish(memory);
    try (RiseTrainer disk = open(calm)) {
      assertEquals(memory.evaluations(), disk.evaluations());
      for (int i = 0; i < SmallRun.ITERATIONS; i++) {
        IterationReport expected = memory.reports().get(i);
        IterationReport found = disk.reports().get(i);
        assertEquals(expected.collected(), found.collected());
        assertEquals(expected.relabeled(), found.relabeled());
        assertEquals(expected.weights(), found.weights());
        assertEquals(expected.training().lastLoss(), found.training().lastLoss());
        assertEquals(expected.evaluation(), found.evaluation());
        assertEquals(expected.seconds().keySet(), found.seconds().keySet());
      }
    }
  }

  @Test
  void whatIsDoneIsNotDoneAgain() {
    run(folder);
    SlowPolicy policy = new SlowPolicy(WordTask.policy(), Duration.ZERO);
    try (RiseTrainer trainer = SmallRun.builder(policy).runDirectory(folder).build()) {
      assertEquals(SmallRun.ITERATIONS, trainer.iterations());
      Evaluation last = trainer.evaluate();
      assertEquals(last, trainer.evaluations().get(SmallRun.ITERATIONS));
      assertEquals(0, policy.answered());
      assertEquals(0, policy.trainings());
      // The parameters are those of the last iteration: a fourth goes on from them.
      assertEquals(4, trainer.iterate().iteration());
      assertEquals(1, policy.trainings());
    }
  }

  @ParameterizedTest
  @CsvSource({"COLLECT, 1", "RELABEL, 1", "TRAIN, 1", "EVALUATE, 2"})
  void anInterruptStopsEveryPhaseAndTheRunGoesOn(Phase phase, int iteration) {
    List<Integer> after = new ArrayList<>();
    RiseListener interrupter =
        new RiseListener() {
          @Override
          public void phaseProgressed(PhaseProgressed event) {
            if (event.phase() == phase && event.iteration() == iteration) {
              after.add(1);
              Thread.currentThread().interrupt();
            }
          }
        };
    try (RiseTrainer trainer =
        SmallRun.builder(WordTask.policy()).runDirectory(folder).listener(interrupter).build()) {
      assertThrows(CancellationException.class, () -> SmallRun.finish(trainer));
      assertTrue(Thread.interrupted());
      // The interrupt came with a step; the next was not taken.
      assertEquals(1, after.size());
    }
    run(folder);
    assertEquals(RunDigest.of(calm), RunDigest.of(folder));
  }

  @Test
  void theSameTrainerGoesOnAfterAnInterrupt() {
    RiseListener once =
        new RiseListener() {
          private boolean done;

          @Override
          public void phaseProgressed(PhaseProgressed event) {
            if (event.phase() == Phase.TRAIN && event.progress().done() == 3 && !done) {
              done = true;
              Thread.currentThread().interrupt();
            }
          }
        };
    try (RiseTrainer trainer =
        SmallRun.builder(WordTask.policy()).runDirectory(folder).listener(once).build()) {
      assertThrows(CancellationException.class, () -> SmallRun.finish(trainer));
      assertTrue(Thread.interrupted());
      SmallRun.finish(trainer);
    }
    assertEquals(RunDigest.of(calm), RunDigest.of(folder));
  }

  @Test
  void closingStopsAnotherThread() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    // The worker waits inside a stage until it is interrupted, so closing meets it at work.
    RiseListener waiting =
        new RiseListener() {
          @Override
          public void phaseStarted(PhaseStarted event) {
            working.countDown();
            while (!Thread.currentThread().isInterrupted()) {
              Thread.onSpinWait();
            }
          }
        };
    RiseTrainer trainer =
        SmallRun.builder(WordTask.policy()).runDirectory(folder).listener(waiting).build();
    List<Throwable> thrown = new ArrayList<>();
    Thread worker =
        new Thread(
            () -> {
              try {
                SmallRun.finish(trainer);
              } catch (RuntimeException e) {
                thrown.add(e);
              }
            });
    worker.start();
    working.await();
    trainer.close();
    trainer.close();
    worker.join(5000);
    assertFalse(worker.isAlive());
    assertTrue(thrown.get(0) instanceof CancellationException, thrown::toString);
    assertThrows(IllegalStateException.class, trainer::iterate);
    run(folder);
    assertEquals(RunDigest.of(calm), RunDigest.of(folder));
  }

  @Test
  void answersOfTheUnitInFlightAreKept() {
    SlowPolicy first = new SlowPolicy(WordTask.policy(), Duration.ZERO);
    RiseListener interrupter =
        new RiseListener() {
          @Override
          public void phaseProgressed(PhaseProgressed event) {
            // In the second turn: the 300 answers of the first are two batches.
            if (event.phase() == Phase.COLLECT && event.progress().done() > 300) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (RiseTrainer trainer =
        SmallRun.builder(first).runDirectory(folder).listener(interrupter).build()) {
      assertThrows(CancellationException.class, trainer::iterate);
      assertTrue(Thread.interrupted());
    }
    SlowPolicy second = new SlowPolicy(WordTask.policy(), Duration.ZERO);
    List<Integer> answered = new ArrayList<>();
    RiseListener counter =
        new RiseListener() {
          @Override
          public void phaseFinished(PhaseFinished event) {
            answered.add(second.answered());
          }
        };
    try (RiseTrainer trainer =
        SmallRun.builder(second).runDirectory(folder).listener(counter).build()) {
      trainer.iterate();
    }
    assertEquals(300, answered.get(0));
  }

  private static RiseTrainer taught(Path folder, SlowPolicy teacher, RiseListener listener) {
    return SmallRun.builder(WordTask.policy())
        .relabeler(Relabelers.teacher(teacher))
        .listener(listener)
        .runDirectory(folder)
        .build();
  }

  @Test
  void aTeachersAnswersAreKeptBatchByBatch() {
    try (RiseTrainer trainer =
        taught(
            temp.resolve("calm"),
            new SlowPolicy(WordTask.policy(), Duration.ZERO),
            new RiseListener() {})) {
      trainer.iterate();
    }
    RiseListener interrupter =
        new RiseListener() {
          @Override
          public void phaseProgressed(PhaseProgressed event) {
            // In the fourth batch of 32.
            if (event.phase() == Phase.RELABEL && event.progress().done() > 100) {
              Thread.currentThread().interrupt();
            }
          }
        };
    SlowPolicy first = new SlowPolicy(WordTask.policy(), Duration.ZERO);
    try (RiseTrainer trainer = taught(folder, first, interrupter)) {
      assertThrows(CancellationException.class, trainer::iterate);
      assertTrue(Thread.interrupted());
    }
    assertEquals(4 * 32, first.answered());
    SlowPolicy second = new SlowPolicy(WordTask.policy(), Duration.ZERO);
    try (RiseTrainer trainer = taught(folder, second, new RiseListener() {})) {
      trainer.iterate();
    }
    // What a policy says when it is interrupted is not kept: it may be that it was.
    assertEquals(600 - 3 * 32, second.answered());
    assertEquals(RunDigest.of(temp.resolve("calm")), RunDigest.of(folder));
  }

  /** Stops the run at step 13 of its second training, with a checkpoint after every step. */
  private void stopInTraining() {
    RiseListener interrupter =
        new RiseListener() {
          @Override
          public void phaseProgressed(PhaseProgressed event) {
            if (event.phase() == Phase.TRAIN
                && event.iteration() == 2
                && event.progress().done() == 13) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (RiseTrainer trainer =
        SmallRun.builder(WordTask.policy())
            .runDirectory(folder)
            .runOptions(RunOptions.builder().checkpointInterval(Duration.ZERO).build())
            .listener(interrupter)
            .build()) {
      assertThrows(CancellationException.class, () -> SmallRun.finish(trainer));
      assertTrue(Thread.interrupted());
    }
  }

  private List<Path> stepCheckpoints() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
      return files.filter(f -> f.toString().contains("training-step-")).sorted().toList();
    }
  }

  /** Ends the run, and tells after which step the training went on. */
  private int goOn() throws IOException {
    SlowPolicy policy = new SlowPolicy(WordTask.policy(), Duration.ZERO);
    try (RiseTrainer trainer = SmallRun.builder(policy).runDirectory(folder).build()) {
      trainer.iterate();
      assertEquals(List.of(), stepCheckpoints());
      assertEquals(20, trainer.reports().get(1).training().steps());
      SmallRun.finish(trainer);
    }
    try (RiseTrainer trainer = open(folder);
        RiseTrainer other = open(calm)) {
      for (int i = 0; i < SmallRun.ITERATIONS; i++) {
        assertEquals(
            other.reports().get(i).training().lastLoss(),
            trainer.reports().get(i).training().lastLoss());
      }
    }
    assertEquals(RunDigest.of(calm), RunDigest.of(folder));
    return policy.resumedAfter();
  }

  @Test
  void aTrainingGoesOnFromItsLastCheckpoint() throws IOException {
    stopInTraining();
    // The interrupt came when step 13 was told; its checkpoint is there by then.
    assertEquals(2, stepCheckpoints().size());
    assertEquals(13, goOn());
  }

  @Test
  void aDamagedCheckpointOfATrainingGivesWayToTheOneBefore() throws IOException {
    stopInTraining();
    Path table = stepCheckpoints().get(1).resolve("policy/table.json");
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length / 2] ^= 1;
    Files.write(table, bytes);
    assertEquals(12, goOn());
  }

  @Test
  void withoutAWholeCheckpointATrainingBeginsAnew() throws IOException {
    stopInTraining();
    for (Path checkpoint : stepCheckpoints()) {
      Files.delete(checkpoint.resolve("checksums.json"));
    }
    assertEquals(0, goOn());
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0", "0.9999, 12"})
  void aDamagedTrainingLogIsReadUpToTheDamage(double where, int resumedAfter) throws IOException {
    stopInTraining();
    Path log = folder.resolve("training.jsonl");
    byte[] bytes = Files.readAllBytes(log);
    bytes[(int) (bytes.length * where)] ^= 4;
    Files.write(log, bytes);
    assertEquals(resumedAfter, goOn());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40_000})
  void aJournalThatLostItsTailIsCutAtTheLastUnit(int lost) throws Exception {
    run(folder);
    byte[] bytes = Files.readAllBytes(journal());
    Files.write(journal(), java.util.Arrays.copyOf(bytes, bytes.length - lost));
    assertTrue(notes(folder).contains("unfinished"), notes(folder));
    run(folder);
    assertEquals(RunDigest.of(calm), RunDigest.of(folder));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 0.999})
  void aJournalWithAFlippedBitIsCutBeforeItAndKeptAside(double where) throws Exception {
    run(folder);
    byte[] bytes = Files.readAllBytes(journal());
    bytes[(int) (bytes.length * where)] ^= 4;
    Files.write(journal(), bytes);
    String notes = notes(folder);
    assertTrue(notes.contains("journal.jsonl: line"), notes);
    assertTrue(notes.contains("checksum"), notes);
    try (Stream<Path> files = Files.list(folder)) {
      Path kept = files.filter(f -> f.toString().contains("damaged")).findAny().orElseThrow();
      assertEquals(bytes.length, Files.size(kept));
    }
    run(folder);
    assertEquals(RunDigest.of(calm), RunDigest.of(folder));
  }

  @Test
  void aDamagedCheckpointGivesWayToTheOneBefore() throws Exception {
    run(folder);
    Path table = folder.resolve("checkpoints/iteration-0003/policy/table.json");
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length / 2] ^= 1;
    Files.write(table, bytes);
    String notes = notes(folder);
    assertTrue(notes.contains("table.json is damaged") && notes.contains("iteration 3"), notes);
    run(folder);
    assertEquals(RunDigest.of(calm), RunDigest.of(folder));
  }

  @Test
  void withoutAWholeCheckpointTheRunIsRefused() throws Exception {
    run(folder);
    try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
      for (Path table : files.filter(f -> f.endsWith("table.json")).toList()) {
        Files.writeString(table, "{}");
      }
    }
    RunException e = assertThrows(RunException.class, () -> open(folder));
    assertTrue(e.getMessage().contains("no checkpoint is whole"), e::getMessage);
  }

  @Test
  void theLastCheckpointsAndTheBestStay() throws Exception {
    try (RiseTrainer trainer =
        SmallRun.builder(WordTask.policy())
            .runDirectory(folder)
            .runOptions(RunOptions.builder().keepCheckpoints(1).build())
            .build()) {
      SmallRun.finish(trainer);
      int best =
          trainer.evaluations().entrySet().stream()
              .max(
                  java.util.Comparator.comparingDouble(
                      e -> e.getValue().sequentialVote().estimate()))
              .orElseThrow()
              .getKey();
      try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
        assertEquals(
            java.util.stream.Stream.of(0, SmallRun.ITERATIONS, best)
                .map("iteration-%04d"::formatted)
                .collect(java.util.stream.Collectors.toSet()),
            files
                .map(f -> f.getFileName().toString())
                .collect(java.util.stream.Collectors.toSet()));
      }
    }
  }

  @Test
  void aChangedConfigurationIsRefusedWithTheDifference() {
    RiseTrainerBuilder changed =
        SmallRun.builder(WordTask.policy())
            .seed(12)
            .evaluateOn(WordTask.problems("held-out", 61))
            .runDirectory(calm);
    RunException e = assertThrows(RunException.class, changed::build);
    assertTrue(e.getMessage().contains("seed: was 11, is 12"), e::getMessage);
    assertTrue(e.getMessage().contains("evaluationProblems: was held-out: 60"), e::getMessage);
    assertFalse(e.getMessage().contains("sampling"), e::getMessage);
    open(calm).close();
  }

  @Test
  void aSecondTrainerIsRefused() {
    try (RiseTrainer first = open(folder)) {
      RunException e = assertThrows(RunException.class, () -> open(folder));
      assertTrue(e.getMessage().contains("in use by another trainer"), e::getMessage);
      assertEquals(0, first.iterations());
    }
    open(folder).close();
  }

  @Test
  void aFolderOfSomethingElseIsRefusedAndLeftAlone() throws Exception {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("thesis.txt"), "mine");
    RunException e = assertThrows(RunException.class, () -> open(folder));
    assertTrue(e.getMessage().contains("thesis.txt"), e::getMessage);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void anotherFormatIsRefusedByNumber() throws Exception {
    open(folder).close();
    Path manifest = folder.resolve("manifest.json");
    String text = Files.readString(manifest, StandardCharsets.UTF_8);
    Files.writeString(manifest, text.replace("\"format\" : 1", "\"format\" : 99"));
    RunException e = assertThrows(RunException.class, () -> open(folder));
    assertTrue(
        e.getMessage().contains("format 99") && e.getMessage().contains("reads 1"), e::getMessage);
  }
}
