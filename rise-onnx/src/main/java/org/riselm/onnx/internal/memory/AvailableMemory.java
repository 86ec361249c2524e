package org.riselm.onnx.internal.memory;

import com.google.common.primitives.Longs;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How much memory this process may still take: what the machine has left, and what the limits of
 * its container leave (control groups, version 1 and 2). Caches of files that can be given back
 * count as free.
 */
public final class AvailableMemory {
  private final Path root;

  AvailableMemory(Path root) {
    this.root = root;
  }

  /**
   * In bytes. Where there is no Linux, all memory of the machine: nothing better is known there.
   */
  public static long bytes() {
    return new AvailableMemory(Path.of("/")).read();
  }

  long read() {
    long available =
        field(root.resolve("proc/meminfo"), "MemAvailable:")
            .orElseGet(
                () ->
                    ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize());
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      // hierarchy:controllers:path; version 2 has hierarchy 0 and names no controllers.
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      if (parts[1].isEmpty()) {
        available = Math.min(available, left("sys/fs/cgroup", parts[2], V2));
      } else if (List.of(parts[1].split(",", -1)).contains("memory")) {
        available = Math.min(available, left("sys/fs/cgroup/memory", parts[2], V1));
      }
    }
    return available;
  }

  /** The names of a group's files, and of the line that says what can be given back. */
  private record Names(String limit, String use, String reclaimable) {}

  private static final Names V2 = new Names("memory.max", "memory.current", "inactive_file");
  private static final Names V1 =
      new Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");

  // A group's own limit and those of all groups around it hold. Inside a container the path is
  // often one that only the outside knows; then the container's own group is at the top.
  private long left(String mount, String path, Names names) {
    Path top = root.resolve(mount);
    long left = left(top, names);
    Path group = top.resolve(path.substring(1)).normalize();
    for (@Nullable Path g = group; g != null && g.startsWith(top); g = g.getParent()) {
      left = Math.min(left, left(g, names));
    }
    return left;
  }

  private static long left(Path group, Names names) {
    OptionalLong limit = number(group.resolve(names.limit()));
    OptionalLong use = number(group.resolve(names.use()));
    if (limit.isEmpty() || use.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long cache = field(group.resolve("memory.stat"), names.reclaimable()).orElse(0);
    return Math.max(0, limit.getAsLong() - Math.max(0, use.getAsLong() - cache));
  }

  /** The file's only number; empty if it is not there or says that there is no limit. */
  private static OptionalLong number(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? OptionalLong.empty() : parsed(lines.get(0).strip());
  }

  /** The number behind {@code name}; in bytes, also where kB are written. */
  private static OptionalLong field(Path file, String name) {
    for (String line : lines(file)) {
      String[] words = line.strip().split("\\s+", -1);
      if (words[0].equals(name) && words.length > 1) {
        OptionalLong value = parsed(words[1]);
        return words.length > 2 && value.isPresent()
            ? OptionalLong.of(value.getAsLong() << 10)
            : value;
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong parsed(String text) {
    Long value = Longs.tryParse(text);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      // A system that does not say is like one that has no such file.
      return List.of();
    }
  }
}
