package org.riselm.onnx.internal.artifact;

import java.util.List;
import java.util.Optional;

/** The names by which ONNX Runtime's training tells parameters, gradients and data apart. */
public final class TrainingNames {
  public static final String RESET = "lazy_reset_grad";
  static final String GRADIENT = "_grad";
  static final String BUFFER = "_grad.accumulation.buffer";
  static final String ACCUMULATED = "_grad.accumulation.out";

  public static final String DOMAIN = "com.microsoft";
  static final String ACCUMULATOR = "InPlaceAccumulatorV2";
  public static final String ADAM_W = "AdamWOptimizer";

  public static final String LEARNING_RATE = "learning_rate";
  public static final String STEP = "step";
  public static final String PARAMETERS = "params";
  public static final String GRADIENTS = "gradients";
  public static final String FIRST_MOMENTS = "first_order_moments";
  public static final String SECOND_MOMENTS = "second_order_moments";

  /** What ONNX Runtime's AdamW takes, in the order that it insists on. */
  static final List<String> OPTIMIZER_INPUTS =
      List.of(LEARNING_RATE, STEP, PARAMETERS, GRADIENTS, FIRST_MOMENTS, SECOND_MOMENTS);

  private TrainingNames() {}

  /** The ending that makes ONNX Runtime take {@code name} for a gradient; empty if it has none. */
  public static Optional<String> gradientEnding(String name) {
    return List.of(BUFFER, GRADIENT, ACCUMULATED).stream().filter(name::endsWith).findFirst();
  }
}
