package org.riselm.examples;

import java.util.Set;
import org.riselm.onnx.internal.device.CudaDiagnosis;
import org.riselm.onnx.internal.device.CudaDoctor;

/**
 * Prints what this machine has of all that CUDA needs, and what is missing. Ends with 0 if CUDA can
 * start, else with 1.
 */
public final class Doctor {
  private static final String USAGE =
      """
      Usage: run Doctor
      Prints what this machine has of all that CUDA needs, and what is missing. Ends with 0 if CUDA
      can start, else with 1.
      """;

  private Doctor() {}

  private static void examine() {
    CudaDiagnosis diagnosis = CudaDoctor.examine();
    System.out.print(diagnosis);
    if (!diagnosis.isReady()) {
      throw new IllegalStateException("CUDA cannot start here; what is missing stands above");
    }
  }

  /** Examines; takes no arguments. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, Set.of(), Set.of(), none -> examine());
  }
}
