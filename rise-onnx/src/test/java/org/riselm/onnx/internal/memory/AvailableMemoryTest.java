package org.riselm.onnx.internal.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Linux says of memory, in folders like its own. */
class AvailableMemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void machine(long mebibytes, String cgroups) throws IOException {
    write("proc/meminfo", "MemTotal: 99999999 kB\nMemAvailable:   " + mebibytes * 1024 + " kB\n");
    write("proc/self/cgroup", cgroups);
  }

  private void group(String folder, String limit, long useMebibytes, long cacheMebibytes)
      throws IOException {
    write(folder + "/memory.max", limit + "\n");
    write(folder + "/memory.current", useMebibytes * MIB + "\n");
    write(
        folder + "/memory.stat",
        "anon 1\nfile 2\ninactive_file " + cacheMebibytes * MIB + "\nactive_file 3\n");
  }

  private long mebibytes() {
    return new AvailableMemory(root).read() / MIB;
  }

  @Test
  void withoutGroupsItIsTheMachines() throws IOException {
    machine(700, "");
    assertEquals(700, mebibytes());
  }

  @Test
  void aLimitCountsWithoutTheCachesInUse() throws IOException {
    machine(70_000, "0::/\n");
    group("sys/fs/cgroup", Long.toString(1000 * MIB), 600, 150);
    assertEquals(550, mebibytes());
  }

  @Test
  void theTightestGroupOnTheWayUpCounts() throws IOException {
    machine(70_000, "0::/pods/a/container\n");
    group("sys/fs/cgroup/pods/a/container", "max", 10, 0);
    group("sys/fs/cgroup/pods/a", Long.toString(500 * MIB), 100, 0);
    group("sys/fs/cgroup/pods", Long.toString(900 * MIB), 100, 0);
    assertEquals(400, mebibytes());
  }

  @Test
  void aPathThatOnlyTheOutsideKnowsLeavesTheTop() throws IOException {
    machine(70_000, "0::/../../docker/x\n");
    group("sys/fs/cgroup", Long.toString(300 * MIB), 100, 0);
    assertEquals(200, mebibytes());
  }

  @Test
  void versionOneIsKnown() throws IOException {
    machine(70_000, "11:cpu,cpuacct:/x\n4:memory:/docker/x\n1:name=systemd:/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", 800 * MIB + "\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", 500 * MIB + "\n");
    write("sys/fs/cgroup/memory/memory.stat", "cache 1\ntotal_inactive_file " + 100 * MIB + "\n");
    assertEquals(400, mebibytes());
  }

  @Test
  void moreInUseThanAllowedLeavesNothing() throws IOException {
    machine(70_000, "0::/\n");
    group("sys/fs/cgroup", Long.toString(10 * MIB), 600, 0);
    assertEquals(0, mebibytes());
  }

  @Test
  void thisMachineHasSome() {
    assertTrue(AvailableMemory.bytes() > 0);
  }
}
