package org.riselm.onnx.internal.device;

import java.util.List;

/**
 * What is there of all that CUDA needs, and what is not.
 *
 * @param found in words, a line each
 * @param missing in words, each with what to do about it; empty if CUDA can start
 * @param lookedIn the folders in which libraries were looked for, in order
 */
public record CudaDiagnosis(List<String> found, List<String> missing, List<String> lookedIn) {
  public CudaDiagnosis {
    found = List.copyOf(found);
    missing = List.copyOf(missing);
    lookedIn = List.copyOf(lookedIn);
  }

  /** Whether nothing is missing. */
  public boolean isReady() {
    return missing.isEmpty();
  }

  /** The whole of it, in lines for people to read. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Found:\n");
    found.forEach(line -> text.append("  ").append(line).append('\n'));
    if (isReady()) {
      return text.append("CUDA can start.\n").toString();
    }
    text.append("Missing for CUDA:\n");
    missing.forEach(line -> text.append("  ").append(line).append('\n'));
    text.append("Libraries were looked for in:\n");
    lookedIn.forEach(line -> text.append("  ").append(line).append('\n'));
    return text.toString();
  }
}
