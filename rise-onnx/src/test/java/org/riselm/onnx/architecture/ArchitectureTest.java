package org.riselm.onnx.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.core.architecture.ExportedTypes;
import org.riselm.core.architecture.FileReading;
import org.riselm.core.architecture.Rooms;
import org.riselm.onnx.OnnxPolicy;
import org.riselm.onnx.architecture.planted.Trespasser;

/** The house's rules (docs/architecture.md), each shown to fail on a planted violation. */
class ArchitectureTest {
  private static final int MOST_EXPORTED = 40;

  private static final Path OUTPUT = ExportedTypes.outputWith(OnnxPolicy.class);
  private static final JavaClasses MAIN = new ClassFileImporter().importPath(OUTPUT);
  private static final JavaClasses PLANTED =
      new ClassFileImporter().importClasses(Trespasser.class);

  private static final Rooms ROOMS =
      Rooms.of(
          "org.riselm.onnx",
          Set.of(".OnnxPolicy", ".OnnxPolicyBuilder", ".Adapters"),
          Set.of(".internal.policy"),
          Set.of(".internal.generate"),
          Set.of(".artifact", ".internal.artifact", ".internal.imported"),
          Set.of(".internal.train"),
          Set.of(".internal.autodiff"),
          Set.of(".internal.memory"),
          Set.of(".internal.folder"),
          Set.of(".text"),
          Set.of(".internal.jinja"),
          Set.of(".internal.gguf"),
          Set.of(".internal.export"),
          Set.of(".internal.folder.safetensors"),
          Set.of(".internal.decoder"),
          Set.of(".model"),
          Set.of(".internal.graph"),
          Set.of(".internal.runtime"),
          Set.of(""),
          Set.of(".internal.device"),
          Set.of(".internal.util"),
          Set.of(".architecture.planted"));

  private static final ArchRule INSIDE_OF_THE_CORE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.riselm.core.internal.trainer..",
              "org.riselm.core.internal.run..",
              "org.riselm.core.internal.report..",
              "org.riselm.core.internal.math..",
              "org.riselm.core.internal.rollout..")
          .because("of the core's inside only internal.util is shared");

  private static final ArchRule ONNX_RUNTIME =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.riselm.onnx.internal.runtime")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco.onnxruntime..");

  private static final ArchRule PROTOBUF =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "org.riselm.onnx.internal.graph", "org.riselm.onnx.internal.artifact")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnx.proto..", "com.google.protobuf..");

  private static final ArchRule TOKENIZERS =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.riselm.onnx.text")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  private static ExportedTypes exported(Set<String> packages) {
    Set<String> known = new HashSet<>(packages);
    Path core = ExportedTypes.outputWith(org.riselm.core.RiseTrainer.class);
    known.addAll(ExportedTypes.packages(core));
    return ExportedTypes.of(known, Set.of("org.jspecify."));
  }

  static List<ArchRule> rules() {
    return List.of(
        ROOMS.rule(),
        exported(ExportedTypes.packages(OUTPUT)).signatures(),
        INSIDE_OF_THE_CORE,
        ONNX_RUNTIME,
        PROTOBUF,
        TOKENIZERS,
        FileReading.rule());
  }

  static List<ArchRule> rulesForThePlanted() {
    return List.of(
        ROOMS.rule(),
        exported(Set.of(Trespasser.class.getPackageName())).signatures(),
        INSIDE_OF_THE_CORE,
        ONNX_RUNTIME,
        PROTOBUF,
        TOKENIZERS,
        FileReading.rule());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holds(ArchRule rule) {
    CompositeArchRule.of(rule).check(MAIN);
  }

  @ParameterizedTest
  @MethodSource("rulesForThePlanted")
  void aPlantedViolationIsFound(ArchRule rule) {
    AssertionError found = assertThrows(AssertionError.class, () -> rule.check(PLANTED));
    assertTrue(String.valueOf(found.getMessage()).contains("Trespasser"), found::toString);
  }

  @Test
  void noMoreIsExportedThanUsersNeed() {
    List<String> types = ExportedTypes.of(ExportedTypes.packages(OUTPUT), Set.of()).topLevel(MAIN);
    assertTrue(types.size() <= MOST_EXPORTED, () -> types.size() + " types: " + types);
    assertTrue(types.contains(OnnxPolicy.class.getName()), types::toString);
  }
}
