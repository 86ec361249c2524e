package org.riselm.onnx.internal.device;

import java.util.List;

/**
 * What is there of all that CUDA needs, and what is not.
 *
 * @param found a line each, for people to read
 * @param missing a line each, with what to do about it; empty if CUDA can start
 */
public record CudaDiagnosis(List<String> found, List<String> missing) {
  /** Copies both lists. */
  public CudaDiagnosis {
    found = List.copyOf(found);
    missing = List.copyOf(missing);
  }

  /** Returns whether nothing is missing. */
  public boolean isReady() {
    return missing.isEmpty();
  }

  /** Returns all lines. */
  @Override
  public String toString() {
    String text = "Found:\n  " + String.join("\n  ", found) + "\n";
    return isReady()
        ? text + "CUDA can start.\n"
        : text + "Missing for CUDA:\n  " + String.join("\n  ", missing) + "\n";
  }
}
