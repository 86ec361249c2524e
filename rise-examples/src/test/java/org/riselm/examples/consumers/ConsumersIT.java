package org.riselm.examples.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.examples.consumers.Programs.Output;

/**
 * Programs outside of this build do an iteration with the installed jars, on every JDK there is.
 * What is printed to {@code stderr} fails them: the options of docs/installation.md are enough.
 */
class ConsumersIT {
  private static final int NATIVE_ACCESS = 24;
  @TempDir static Path temp;
  private static Installation page;
  private static Programs programs;

  @BeforeAll
  static void build() throws Exception {
    page = Installation.read();
    assumeTrue(System.getProperty("rise.maven.home") != null, "only ./mvnw verify installs jars");
    programs = Programs.build(temp.resolve("consumers"));
  }

  static List<Jdk> jdks() throws Exception {
    return Jdk.all();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aProgramOnTheClassPathDoesAnIteration(Jdk jdk) throws Exception {
    String path = joined(programs.path("classpath"));

    run(jdk, "ALL-UNNAMED", List.of("-cp", path, "consumer.Consumer"));
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aProgramOnTheModulePathDoesAnIteration(Jdk jdk) throws Exception {
    List<Path> path = programs.path("modulepath");
    String platform = classifier(path);

    run(
        jdk,
        page.option("--enable-native-access", platform),
        List.of(
            "--module-path",
            joined(path),
            "--add-modules",
            page.option("--add-modules", platform),
            "--module",
            "consumer/consumer.Consumer"));
  }

  @Test
  void theNativesThatMavenResolvesAreThoseThatGradleBuildsName() throws Exception {
    List<Path> path = programs.path("classpath");
    String platform = classifier(path);

    List<String> named =
        Pattern.compile("org\\.bytedeco:(.*?):(.*?):\\$natives")
            .matcher(page.snippets("kotlin").get(0))
            .results()
            .map(m -> m.group(1) + "-" + m.group(2) + "-" + platform + ".jar")
            .sorted()
            .toList();
    assertEquals(
        path.stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith("-" + platform + ".jar"))
            .sorted()
            .toList(),
        named);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aProgramInOneJarDoesAnIteration(Jdk jdk) throws Exception {
    Path jar = programs.target("fatjar").resolve("fatjar-1.jar");

    run(jdk, "ALL-UNNAMED", List.of("-jar", jar.toString()));
  }

  private static void run(Jdk jdk, String nativeAccess, List<String> program) throws Exception {
    List<String> command = new ArrayList<>(List.of(jdk.java().toString()));
    if (jdk.feature() >= NATIVE_ACCESS) {
      command.add("--enable-native-access=" + nativeAccess);
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(program);
    command.add(temp.resolve("model").toString());

    Output output = Programs.run(command, temp);

    assertEquals("", output.err());
    assertEquals(0, output.exit());
    assertTrue(output.out().contains("Iteration 1"), output.out());
    assertTrue(output.out().contains("1 steps"), output.out());
  }

  /** Of the natives on a path. */
  private static String classifier(List<Path> path) {
    return page.classifiers().stream()
        .filter(c -> path.stream().anyMatch(file -> file.toString().endsWith("-" + c + ".jar")))
        .findFirst()
        .orElseThrow();
  }

  private static String joined(List<Path> path) {
    return path.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }
}
