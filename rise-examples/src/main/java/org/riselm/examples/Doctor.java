package org.riselm.examples;

import org.riselm.onnx.internal.device.CudaDiagnosis;

/**
 * Prints what this machine has of all that CUDA needs, and what is missing. Ends with 0 if CUDA can
 * start, else with 1.
 */
public final class Doctor {
  private Doctor() {}

  /** Examines; takes no arguments. */
  public static void main(String[] args) {
    CudaDiagnosis diagnosis = org.riselm.onnx.internal.device.CudaDoctor.examine();
    System.out.print(diagnosis);
    System.exit(diagnosis.isReady() ? 0 : 1);
  }
}
