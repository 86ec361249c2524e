package org.riselm.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.core.internal.run.Manifest;
import org.riselm.core.internal.run.RunDirectory;
import org.riselm.core.internal.run.StageLog;

/** A run that is killed again and again ends with the bytes of one that is not. */
class ChaosTest {
  private static final int KILLS = Integer.getInteger("rise.chaos.kills", 10);
  private static final long SEED = Long.getLong("rise.chaos.seed", System.nanoTime());

  @TempDir Path temp;

  @Test
  void aRunThatIsKilledAtRandomInstantsEndsWithTheSameBytes(TestReporter reporter)
      throws Exception {
    Path calm = temp.resolve("calm");
    long started = System.nanoTime();
    assertFalse(killAfter(TimeUnit.MINUTES.toMillis(5), calm), "the run hangs");
    int wholeRun = (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    RunDigest expected = RunDigest.of(calm);

    Random random = new Random(SEED);
    Map<String, Integer> killedIn = new TreeMap<>();
    int killed = 0;
    for (int run = 0; killed < KILLS; run++) {
      Path folder = temp.resolve("run-" + run);
      int kills = 0;
      while (killed + kills < KILLS && killAfter(random.nextInt(wholeRun), folder)) {
        kills++;
        killedIn.merge(stage(folder), 1, Integer::sum);
      }
      killed += kills;
      SmallRun.main(new String[] {folder.toString(), "0"});
      String what = "chaos seed " + SEED + ", run " + run + " killed " + kills + " times";
      assertEquals(expected, RunDigest.of(folder), what);
      assertEquals(evaluations(calm), evaluations(folder), what);
    }
    reporter.publishEntry("killed in", killedIn.toString());
    if (KILLS >= 50) {
      List<String> all = List.of("collect", "relabel", "train", "evaluate");
      assertTrue(killedIn.keySet().containsAll(all), killedIn::toString);
    }
  }

  /** The stage that was under way in {@code folder}. */
  private static String stage(Path folder) throws IOException {
    List<StageLog.Marked> units = new ArrayList<>();
    if (Files.exists(folder.resolve(StageLog.NAME))) {
      StageLog.scan(folder.resolve(StageLog.NAME), units);
    }
    if (units.isEmpty()) {
      return "start";
    }
    return switch (units.get(units.size() - 1).stage()) {
      case "start" -> "evaluate";
      case "evaluate" -> "collect";
      case "collect" -> "relabel";
      case "relabel" -> "train";
      default -> "evaluate";
    };
  }

  /** Starts the run in a Java of its own; false if that ends before it can be killed. */
  private static boolean killAfter(long millis, Path folder) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SmallRun.class.getName(),
                folder.toString(),
                "4")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolveSibling("child.log").toFile())
            .start();
    if (child.waitFor(millis, TimeUnit.MILLISECONDS)) {
      String log = Files.readString(folder.resolveSibling("child.log"));
      assertEquals(0, child.exitValue(), log);
      return false;
    }
    child.destroyForcibly(); // SIGKILL.
    assertTrue(child.waitFor(10, TimeUnit.SECONDS), "the child did not die");
    return true;
  }

  /** Every evaluation's metrics as they were written. */
  private static String evaluations(Path folder) throws IOException {
    StringBuilder all = new StringBuilder();
    try (RunDirectory run = reopened(folder)) {
      for (int k = 0; k <= SmallRun.ITERATIONS; k++) {
        all.append(run.unit("evaluate", k).orElseThrow().result()).append('\n');
      }
    }
    return all.toString();
  }

  private static RunDirectory reopened(Path folder) throws IOException {
    Manifest manifest = Manifest.read(folder);
    return RunDirectory.open(folder, manifest.configuration(), Map.of(), Duration.ZERO);
  }
}
