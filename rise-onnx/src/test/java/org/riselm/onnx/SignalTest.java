package org.riselm.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A JVM that is told to end while it samples or trains ends in order, and its run goes on. */
class SignalTest {
  private static final int ROUNDS = Integer.getInteger("rise.signal.rounds", 1);
  private static final long SEED = Long.getLong("rise.signal.seed", System.nanoTime());

  @TempDir Path temp;

  /** What a user, a shell or a container stops a process with. */
  enum Signal {
    INT(2),
    TERM(15);

    private final int number;

    Signal(int number) {
      this.number = number;
    }

    /**
     * Whoever starts the tests in the background may have them ignore it; then the JVM does, too.
     */
    boolean isIgnored() throws IOException {
      String mask =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .map(line -> line.substring("SigIgn:".length()).strip())
              .findFirst()
              .orElse("0");
      return (Long.parseUnsignedLong(mask, 16) >> (number - 1) & 1) == 1;
    }

    void send(Process process) throws Exception {
      new ProcessBuilder("kill", "-s", name(), String.valueOf(process.pid())).start().waitFor();
    }
  }

  /** Starts a run; its output is the process's input stream. */
  private Process start(Path run, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-XX:ErrorFile=" + temp.resolve("hs_err_%p.log"),
                "-cp",
                System.getProperty("java.class.path"),
                StoppableRun.class.getName(),
                run.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(temp.toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(temp.resolve("errors.log").toFile()))
        .start();
  }

  /** Reads until the run says {@code what}; false if it ended before. */
  private static boolean says(BufferedReader output, String what) throws IOException {
    String line = output.readLine();
    while (line != null && !line.equals(what)) {
      line = output.readLine();
    }
    return line != null;
  }

  private void assertNoCrash() throws IOException {
    try (Stream<Path> files = Files.list(temp)) {
      assertEquals(
          List.of(),
          files.filter(f -> f.getFileName().toString().matches("hs_err.*|core.*")).toList());
    }
  }

  private String errors() throws IOException {
    return Files.readString(temp.resolve("errors.log"));
  }

  private void assertGoesOn(Path run, String model) throws Exception {
    Process again = start(run, model);
    assertTrue(says(again.inputReader(), "done"), this::lastErrors);
    assertEquals(0, again.waitFor(), this::lastErrors);
  }

  private String lastErrors() {
    try {
      return errors();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void stopAndGoOn(
      String model, String phase, Signal signal, int latest, TestReporter reporter)
      throws Exception {
    assumeFalse(signal.isIgnored(), "the tests were started with SIG" + signal + " ignored");
    Random random = new Random(SEED);
    int stopped = 0;
    long slowest = 0;
    for (int round = 0; stopped < ROUNDS; round++) {
      Path run = temp.resolve("run-" + round);
      Process process = start(run, model);
      BufferedReader output = process.inputReader();
      assertTrue(says(output, phase), this::lastErrors);
      Thread.sleep(random.nextInt(latest));
      if (!process.isAlive()) {
        continue; // Was faster.
      }
      long asked = System.nanoTime();
      signal.send(process);
      assertTrue(process.waitFor(80, TimeUnit.SECONDS), "the JVM does not end");
      slowest = Math.max(slowest, System.nanoTime() - asked);
      String what = "seed " + SEED + ", round " + round + ": " + errors();
      int code = process.exitValue();
      assertTrue(code == 128 + signal.number || code == 0, what);
      stopped += code == 0 ? 0 : 1;
      assertNoCrash();
      if (round == 0 || ROUNDS <= 5) {
        assertGoesOn(run, model);
      }
    }
    reporter.publishEntry(
        "%s %s SIG%s".formatted(model, phase, signal),
        "%d stopped, the slowest in %d ms".formatted(stopped, slowest / 1_000_000));
  }

  @ParameterizedTest
  @CsvSource({"COLLECT, INT", "COLLECT, TERM", "TRAIN, INT", "TRAIN, TERM"})
  void aTinyModelsRunEndsInOrderAndGoesOn(String phase, Signal signal, TestReporter reporter)
      throws Exception {
    stopAndGoOn("tiny", phase, signal, 500, reporter);
  }

  @ParameterizedTest
  @CsvSource({"COLLECT, INT", "COLLECT, TERM", "TRAIN, INT", "TRAIN, TERM"})
  void aRealModelsRunEndsInOrderAndGoesOn(String phase, Signal signal, TestReporter reporter)
      throws Exception {
    stopAndGoOn(RealModel.folder().toString(), phase, signal, 5000, reporter);
  }

  /** Whether a crash follows if it is not waited for is a matter of luck; this is not. */
  @Test
  void aCallThatIsUnderWayIsWaitedFor() throws Exception {
    Path run = temp.resolve("dawdles");
    Process process = start(run, "tiny", "dawdle");
    assertTrue(says(process.inputReader(), "busy"), this::lastErrors);
    Signal.TERM.send(process);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS), "the JVM does not end");
    assertEquals(128 + Signal.TERM.number, process.exitValue(), this::lastErrors);
    assertTrue(Files.exists(temp.resolve("left")), "the JVM ended while the policy trained");
    assertNoCrash();
    assertGoesOn(run, "tiny");
  }

  @Test
  void aListenerThatEndsTheJvmIsNotWaitedFor() throws Exception {
    Path run = temp.resolve("exits");
    Process process = start(run, "tiny", "exit");
    assertTrue(says(process.inputReader(), "TRAIN"), this::lastErrors);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "the end of the JVM is held");
    assertEquals(3, process.exitValue(), this::lastErrors);
    assertNoCrash();
    assertGoesOn(run, "tiny");
  }
}
