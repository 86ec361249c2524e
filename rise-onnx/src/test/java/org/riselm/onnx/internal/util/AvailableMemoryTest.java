package org.riselm.onnx.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much memory there is, over made-up {@code /proc} folders. */
class AvailableMemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir Path proc;

  private void put(String file, String text) throws IOException {
    Path path = proc.resolve(file);
    Files.createDirectories(path.resolveSibling(""));
    Files.writeString(path, text);
  }

  @Test
  void withoutALimitItIsWhatTheMachineHasLeft() throws IOException {
    put("meminfo", "MemTotal:  4194304 kB\nMemFree:  1024 kB\nMemAvailable:  2097152 kB\n");
    put("self/status", "Name:\tjava\nVmRSS:\t999999999 kB\nRssAnon:\t  1024 kB\n");
    assertEquals(2048 * MIB, AvailableMemory.bytes(4096 * MIB, proc));
  }

  @Test
  void aContainersLimitHoldsLessWhatTheProcessHasTaken() throws IOException {
    put("meminfo", "MemTotal:  4194304 kB\nMemAvailable:  2097152 kB\n");
    put("self/status", "Name:\tjava\nRssAnon:\t  102400 kB\n");
    assertEquals(412 * MIB, AvailableMemory.bytes(512 * MIB, proc));
  }

  @Test
  void aProcessAboveItsLimitHasNothingLeft() throws IOException {
    put("self/status", "RssAnon:\t  1048576 kB\n");
    assertEquals(0, AvailableMemory.bytes(512 * MIB, proc));
  }

  @Test
  void aSystemThatDoesNotSayHasAllOfItsMemory() throws IOException {
    put("meminfo", "nonsense\nMemAvailable: much\n");
    assertEquals(512 * MIB, AvailableMemory.bytes(512 * MIB, proc));
  }

  @Test
  void thisMachineHasSome() {
    assertTrue(AvailableMemory.bytes() > 16 * MIB);
  }
}
