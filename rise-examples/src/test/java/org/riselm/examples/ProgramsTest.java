package org.riselm.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.internal.util.InputFiles;

/** Every program, as it is started: whatever is typed, it answers in words. */
class ProgramsTest {
  private static final Path SOURCES = Path.of("src/main/java");

  @TempDir Path folder;

  private record Ended(int status, String out, String err) {}

  /** The names of the classes with a main method. */
  static List<String> programs() throws IOException {
    List<String> programs = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        if (InputFiles.text(file).contains("public static void main(String[] args)")) {
          String name =
              SOURCES.relativize(file).toString().replace(file.getFileSystem().getSeparator(), ".");
          programs.add(name.substring(0, name.length() - ".java".length()));
        }
      }
    }
    return programs;
  }

  private Ended run(String program, String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(process.waitFor(2, TimeUnit.MINUTES), program + " goes on and on");
    } finally {
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(), Files.readString(out), Files.readString(err, StandardCharsets.UTF_8));
  }

  private static void assertInWords(String expected, Ended ended) {
    assertFalse(ended.err().contains("\tat "), ended.err());
    assertFalse(ended.err().contains("Exception"), ended.err());
    assertTrue(ended.err().contains(expected), ended.err());
    assertTrue(ended.status() == 1 || ended.status() == 2, () -> "status " + ended.status());
  }

  @Test
  void allProgramsAreFound() throws IOException {
    assertTrue(programs().contains(Quickstart.class.getName()), programs()::toString);
    assertTrue(programs().size() >= 30, programs()::toString);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void tellsItsUsage(String program) throws Exception {
    Ended ended = run(program, "--help");
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
    assertTrue(ended.out().startsWith("Usage: "), ended.out());
  }

  @ParameterizedTest
  @MethodSource("programs")
  void anOptionThatThereIsNotIsNamed(String program) throws Exception {
    Ended ended = run(program, "--no-such-option");
    // Where something else must come first, that is told.
    assertInWords(ended.err().contains(" needed") ? "Usage: " : "--no-such-option", ended);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ContinueRun --model NONE --run OUT",
        "Deploy --model NONE --question 1+1?",
        "EvaluateOnly --model NONE --problems NONE",
        "FineTune NONE NONE --out OUT",
        "Inspect NONE",
        "TrainDecoder NONE NONE --out OUT",
        "TrainOnGsm8k --train NONE --test NONE",
        "Verify NONE NONE",
        "lab.TemplateCheck NONE",
        "lab.bench.BenchTrain --dialogues NONE",
        "lab.bench.BenchGenerate --mode lengths --gsm8k NONE"
      })
  void aFileOrFolderThatThereIsNotIsNamed(String line) throws Exception {
    Path none = folder.resolve("no-such-place");
    String[] words =
        line.replace("NONE", none.toString())
            .replace("OUT", folder.resolve("new").toString())
            .split(" ", -1);
    Ended ended =
        run("org.riselm.examples." + words[0], Stream.of(words).skip(1).toArray(String[]::new));
    assertInWords(none.toString(), ended);
  }
}
