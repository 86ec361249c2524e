package org.riselm.core.architecture;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.riselm.core.RiseTrainer;
import org.riselm.core.architecture.planted.Leak;
import org.riselm.core.architecture.planted.Upstairs;

/** The house's rules (docs/architecture.md), each shown to fail on a planted violation. */
class ArchitectureTest {
  private static final int MOST_EXPORTED = 90;

  private static final Path OUTPUT = ExportedTypes.outputWith(RiseTrainer.class);
  private static final JavaClasses MAIN = new ClassFileImporter().importPath(OUTPUT);

  private static final Rooms ROOMS =
      Rooms.of(
          "org.riselm.core",
          Set.of(".RiseTrainer", ".RiseTrainerBuilder", ".Baselines"),
          Set.of("", ".internal.trainer"),
          Set.of(".teacher"),
          Set.of(".run", ".internal.run", ".internal.report"),
          Set.of(".objective"),
          Set.of(".evaluation"),
          Set.of(".inference"),
          Set.of(".relabel"),
          Set.of(".rollout", ".internal.rollout"),
          Set.of(".task"),
          Set.of(".task.math", ".internal.math"),
          Set.of(".policy", ".policy.spi"),
          Set.of(".internal.util"),
          Set.of(".mdp"),
          Set.of(".architecture.planted"));

  private static final ExportedTypes EXPORTED =
      ExportedTypes.of(
          ExportedTypes.packages(OUTPUT),
          Set.of("org.jspecify.", "dev.langchain4j.model.chat.ChatModel"));

  @Test
  void aRoomUsesThoseBelowItAndNoneAbove() {
    ROOMS.rule().check(MAIN);
  }

  @Test
  void aPlantedUseOfARoomAboveIsFound() {
    JavaClasses planted = new ClassFileImporter().importClasses(Upstairs.class);
    AssertionError found = assertThrows(AssertionError.class, () -> ROOMS.rule().check(planted));
    assertTrue(String.valueOf(found.getMessage()).contains("RiseTrainer"), found::toString);
  }

  @Test
  void filesAreReadByTheOneReader() {
    FileReading.rule().check(MAIN);
  }

  @Test
  void aPlantedReaderIsFound() {
    JavaClasses planted = new ClassFileImporter().importClasses(Upstairs.class);
    AssertionError found =
        assertThrows(AssertionError.class, () -> FileReading.rule().check(planted));
    assertTrue(String.valueOf(found.getMessage()).contains("readString"), found::toString);
  }

  @Test
  void exportedSignaturesHaveNoTypesOfOthers() {
    EXPORTED.signatures().check(MAIN);
  }

  @Test
  void aPlantedTypeOfAnotherLibraryIsFound() {
    JavaClasses planted = new ClassFileImporter().importClasses(Leak.class);
    ArchRule rule = ExportedTypes.of(Set.of(Leak.class.getPackageName()), Set.of()).signatures();
    AssertionError found = assertThrows(AssertionError.class, () -> rule.check(planted));
    assertTrue(String.valueOf(found.getMessage()).contains("ImmutableIntArray"), found::toString);
  }

  @Test
  void noMoreIsExportedThanUsersNeed() {
    List<String> types = EXPORTED.topLevel(MAIN);
    assertTrue(types.size() <= MOST_EXPORTED, () -> types.size() + " types: " + types);
    assertTrue(types.contains(RiseTrainer.class.getName()), types::toString);
  }
}
