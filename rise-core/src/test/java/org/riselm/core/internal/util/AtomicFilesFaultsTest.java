package org.riselm.core.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.core.run.RunDigest;
import org.riselm.core.run.SmallRun;

/**
 * Disks that are full or read-only, for real: file systems that are mounted in a namespace of their
 * own, by a shell that has the run in a child. Skipped where that is not permitted.
 */
class AtomicFilesFaultsTest {
  @TempDir Path temp;
  private Path disk;

  @BeforeEach
  void requireNamespaces() throws Exception {
    disk = Files.createDirectory(temp.resolve("disk"));
    assumeTrue(
        shell("mount -t tmpfs tmpfs " + disk).equals(""),
        "mounting is not permitted here, so no disk can be full");
  }

  /** What {@code script} prints, in a namespace whose mounts go when it ends. */
  private String shell(String script) throws Exception {
    Path out = temp.resolve("out.txt");
    try {
      Process shell =
          new ProcessBuilder("unshare", "--map-root-user", "--mount", "sh", "-c", script)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      assertTrue(shell.waitFor(120, TimeUnit.SECONDS), "the shell hangs");
      return Files.readString(out);
    } catch (IOException e) {
      return e.toString(); // There is no unshare.
    }
  }

  private static String run(Path folder) {
    return String.join(
        " ",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m -XX:TieredStopAtLevel=1 -cp",
            System.getProperty("java.class.path"),
            SmallRun.class.getName(),
            folder.toString(),
            "0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"40k", "400k"})
  void aFullDiskStopsTheRunWhichGoesOnWhenThereIsRoom(String size) throws Exception {
    Path calm = temp.resolve("calm");
    SmallRun.main(new String[] {calm.toString(), "0"});
    Path run = disk.resolve("run");
    String printed =
        shell(
            String.join(
                "\n",
                "mount -t tmpfs -o size=" + size + " tmpfs " + disk,
                run(run) + " && echo it never ran full",
                "mount -o remount,size=100m " + disk,
                "echo there is room",
                run(run),
                "cp -r " + run + " " + temp.resolve("copy")));
    String full = printed.substring(0, printed.indexOf("there is room"));
    assertTrue(full.contains("No space left on device"), printed);
    assertTrue(full.contains("RunException: " + disk), printed);
    assertFalse(printed.contains("it never ran full"), printed);
    assertFalse(printed.substring(full.length()).contains("Exception"), printed);
    assertEquals(RunDigest.of(calm), RunDigest.of(temp.resolve("copy")));
  }

  @Test
  void aReadOnlyDirectoryIsRefusedByName() throws Exception {
    String printed =
        shell(
            String.join(
                "\n",
                "mount --bind " + disk + " " + disk,
                "mount -o remount,bind,ro " + disk,
                run(disk.resolve("run"))));
    assertTrue(printed.contains("RunException: " + disk.resolve("run")), printed);
    assertTrue(printed.contains("Read-only file system"), printed);
  }
}
