package org.riselm.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.RiseTrainer;
import org.riselm.core.RiseTrainerBuilder;
import org.riselm.core.WordTask;
import org.riselm.core.policy.TablePolicy;
import org.riselm.core.policy.TrainingOptions;

class BranchTest {
  @TempDir Path temp;

  private static RiseTrainerBuilder builder(TablePolicy policy, double learningRate) {
    return RiseTrainer.builder(policy, WordTask.problems("train", 24))
        .training(TrainingOptions.builder().learningRate(learningRate).steps(3).build())
        .seed(7);
  }

  private String table(TablePolicy policy, String name) throws IOException {
    policy.save(temp.resolve(name));
    return Files.readString(temp.resolve(name).resolve("table.json"));
  }

  private Path first() {
    return temp.resolve("first");
  }

  @BeforeEach
  void runTwoIterations() {
    try (RiseTrainer trainer = builder(WordTask.policy(), 1).runDirectory(first()).build()) {
      trainer.run(2);
    }
  }

  @Test
  void aBranchBeginsWithTheOthersParametersAndOtherSettings() throws IOException {
    Path checkpoint = first().resolve("checkpoints/iteration-0001/policy");
    TablePolicy policy = WordTask.policy();
    Path second = temp.resolve("second");
    try (RiseTrainer trainer =
        builder(policy, 2).branchFrom(first(), 1).runDirectory(second).build()) {
      assertEquals(0, trainer.iterations());
      assertEquals(Files.readString(checkpoint.resolve("table.json")), table(policy, "begun"));
      trainer.run(1);
    }
    assertEquals(
        Files.readString(checkpoint.resolve("table.json")),
        Files.readString(second.resolve("checkpoints/iteration-0000/policy/table.json")));
  }

  @Test
  void aBranchOnDiskGoesOnWithoutTheOther() throws IOException {
    Path second = temp.resolve("second");
    TablePolicy policy = WordTask.policy();
    try (RiseTrainer trainer =
        builder(policy, 2).branchFrom(first(), 1).runDirectory(second).build()) {
      trainer.run(1);
    }
    String trained = table(policy, "trained");
    Files.move(first(), temp.resolve("elsewhere"));
    TablePolicy resumed = WordTask.policy();
    try (RiseTrainer trainer =
        builder(resumed, 2).branchFrom(first(), 1).runDirectory(second).build()) {
      assertEquals(1, trainer.iterations());
      assertEquals(trained, table(resumed, "resumed"));
    }
  }

  @Test
  void aBranchNeedsNoDirectoryOfItsOwn() throws IOException {
    TablePolicy policy = WordTask.policy();
    try (RiseTrainer trainer = builder(policy, 2).branchFrom(first(), 2).build()) {
      assertEquals(0, trainer.iterations());
    }
    assertEquals(
        Files.readString(first().resolve("checkpoints/iteration-0002/policy/table.json")),
        table(policy, "begun"));
  }

  @Test
  void aCheckpointThatIsNotThereIsAnErrorThatSaysWhatIs() {
    RunException e =
        assertThrows(
            RunException.class, () -> builder(WordTask.policy(), 2).branchFrom(first(), 5).build());
    assertTrue(e.getMessage().contains("iteration 5"), e::getMessage);
    RunException none =
        assertThrows(
            RunException.class,
            () -> builder(WordTask.policy(), 2).branchFrom(temp.resolve("none"), 0).build());
    assertTrue(none.getMessage().contains("no run directory"), none::getMessage);
  }

  @Test
  void aDamagedCheckpointIsRefused() throws IOException {
    Files.writeString(first().resolve("checkpoints/iteration-0001/policy/table.json"), "{}");
    RunException e =
        assertThrows(
            RunException.class, () -> builder(WordTask.policy(), 2).branchFrom(first(), 1).build());
    assertTrue(e.getMessage().contains("table.json is damaged"), e::getMessage);
  }
}
