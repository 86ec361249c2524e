package org.riselm.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed again and again ends with the bytes of one that is not. */
class ChaosTest {
  private static final int KILLS = Integer.getInteger("rise.chaos.kills", 10);
  private static final long SEED = Long.getLong("rise.chaos.seed", System.nanoTime());

  @TempDir Path temp;

  @Test
  void aRunThatIsKilledAtRandomInstantsEndsWithTheSameBytes() throws Exception {
    Path calm = temp.resolve("calm");
    SmallRun.main(new String[] {calm.toString(), "0"});
    RunDigest expected = RunDigest.of(calm);

    Random random = new Random(SEED);
    int killed = 0;
    for (int run = 0; killed < KILLS; run++) {
      Path folder = temp.resolve("run-" + run);
      int kills = 0;
      // Half a second is the Java start; the whole run takes a second or two.
      while (killed + kills < KILLS && killAfter(300 + random.nextInt(1200), folder)) {
        kills++;
      }
      killed += kills;
      SmallRun.main(new String[] {folder.toString(), "0"});
      String what = "chaos seed " + SEED + ", run " + run + " killed " + kills + " times";
      assertEquals(expected, RunDigest.of(folder), what);
      assertEquals(evaluations(calm), evaluations(folder), what);
    }
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
