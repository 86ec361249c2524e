package org.riselm.examples.lab.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has used of the machine. */
public final class ProcessUse {
  private ProcessUse() {}

  /** Seconds of processor time, all threads together: what other programs do hardly changes it. */
  public static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }

  /** The memory that is resident now, in MiB; −1 where there is no Linux. */
  public static long residentMebibytes() {
    return status("VmRSS");
  }

  /** The most memory that was ever resident, in MiB; −1 where there is no Linux. */
  public static long peakMebibytes() {
    return status("VmHWM");
  }

  /** Has {@link #peakMebibytes} begin anew; does nothing where there is no Linux. */
  static void forgetPeak() {
    Path file = Path.of("/proc/self/clear_refs");
    if (!Files.isWritable(file)) {
      return;
    }
    try {
      // Documented in proc(5): 5 sets the peak to what is resident now.
      Files.writeString(file, "5");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long status(String key) {
    Path file = Path.of("/proc/self/status");
    if (!Files.exists(file)) {
      return -1;
    }
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
