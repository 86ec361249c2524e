package org.riselm.onnx.internal.util;

import com.google.common.primitives.Longs;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Tells how much memory this process may still take: what the machine has left, and what the limit
 * of its container leaves beside the process's own memory. File caches count as free.
 */
public final class AvailableMemory {
  private AvailableMemory() {}

  /** Returns it in bytes; without Linux's {@code /proc}, all memory of the machine. */
  public static long bytes() {
    // In a container, the JDK's total is the container's limit.
    long total =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return bytes(total, Path.of("/proc"));
  }

  static long bytes(long total, Path proc) {
    long own = kibibytes(proc.resolve("self/status"), "RssAnon:").orElse(0);
    long left = Math.max(0, total - own * 1024);
    OptionalLong machine = kibibytes(proc.resolve("meminfo"), "MemAvailable:");
    return machine.isPresent() ? Math.min(left, machine.getAsLong() * 1024) : left;
  }

  /** Returns the number behind {@code name}; empty if the file or the line is not there. */
  private static OptionalLong kibibytes(Path file, String name) {
    List<String> lines;
    try {
      lines = Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return OptionalLong.empty(); // A system that does not say is like one without such a file.
    }
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", -1);
      Long value = words.length > 1 && words[0].equals(name) ? Longs.tryParse(words[1]) : null;
      if (value != null) {
        return OptionalLong.of(value);
      }
    }
    return OptionalLong.empty();
  }
}
