package org.riselm.onnx.internal.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process as Linux sees it; a test that asks elsewhere is skipped. */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  private ResidentMemory() {}

  /** What takes memory. */
  public interface Work {
    /** Takes it. */
    void run();
  }

  /** By how many bytes the peak while {@code work} runs is above what is resident before it. */
  public static long grownBy(Work work) throws IOException {
    assumeTrue(Files.isWritable(CLEAR), "only Linux tells a peak that can be set back");
    long before = now();
    Files.writeString(CLEAR, "5");
    work.run();
    return status("VmHWM") - before;
  }

  /** The bytes that are resident. */
  static long now() throws IOException {
    assumeTrue(Files.isReadable(STATUS), "only Linux tells what is resident");
    return status("VmRSS");
  }

  private static long status(String key) throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(key + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }
}
