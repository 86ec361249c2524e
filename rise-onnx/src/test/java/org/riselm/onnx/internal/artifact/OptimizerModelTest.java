package org.riselm.onnx.internal.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.runtime.TrainingSession;
import org.riselm.onnx.internal.util.Resources;

class OptimizerModelTest {
  private static final float RATE = 0.05f;

  @TempDir private Path parent = Path.of("");

  /**
   * Three updates against AdamW as its paper (arXiv 1711.05101, algorithm 2) has it, in doubles.
   */
  @ParameterizedTest
  @ValueSource(floats = {Float.POSITIVE_INFINITY, 0.75f})
  void itIsAdamWithDecoupledDecay(float maxGradientNorm) {
    OptimizerModel settings = new OptimizerModel(0.8f, 0.95f, 1e-3f, 0.1f, maxGradientNorm);
    Path folder = parent.resolve("adamw");
    LinearModel.artifacts(settings).write(folder);
    double[] p = {0.5, -0.25, 0.125};
    double[] m = new double[3];
    double[] v = new double[3];
    try (TrainingSession session = ArtifactFiles.open(folder, 1);
        Resources r = new Resources()) {
      Tensor loss = r.add(Tensor.scalar(0));
      Tensor flat = r.add(Tensor.zeros(ElementType.FLOAT, 3));
      for (int t = 1; t <= 3; t++) {
        float[] x = {t, -2};
        Tensor row = r.add(Tensor.of(x, 1, 2));
        Tensor target = r.add(Tensor.of(new float[] {1}, 1, 1));
        session.trainStep(List.of(row, target), List.of(loss));
        session.optimizerStep(RATE);
        session.resetGradients();
        update(settings, t, p, m, v, gradient(p, x));
        session.copyParametersTo(flat, true);
        for (int i = 0; i < p.length; i++) {
          assertEquals(p[i], flat.toFloats()[i], 1e-5, "parameter " + i + " after update " + t);
        }
      }
    }
  }

  /** Of (x·w + 2·b − 1)², for parameters w and b. */
  private static double[] gradient(double[] p, float[] x) {
    double error = x[0] * p[0] + x[1] * p[1] + 2 * p[2] - 1;
    return new double[] {2 * error * x[0], 2 * error * x[1], 2 * error * 2};
  }

  private static void update(
      OptimizerModel s, int t, double[] p, double[] m, double[] v, double[] g) {
    double norm = Math.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
    double scale = Math.min(1, s.maxGradientNorm() / norm);
    for (int i = 0; i < p.length; i++) {
      m[i] = s.beta1() * m[i] + (1 - s.beta1()) * g[i] * scale;
      v[i] = s.beta2() * v[i] + (1 - s.beta2()) * g[i] * scale * g[i] * scale;
      double first = m[i] / (1 - Math.pow(s.beta1(), t));
      double second = v[i] / (1 - Math.pow(s.beta2(), t));
      p[i] -= RATE * s.weightDecay() * p[i];
      p[i] -= RATE * first / (Math.sqrt(second) + s.epsilon());
    }
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertNamed("beta1", () -> new OptimizerModel(1, 0.9f, 1e-8f, 0, 1));
    assertNamed("beta2", () -> new OptimizerModel(0.9f, Float.NaN, 1e-8f, 0, 1));
    assertNamed("epsilon", () -> new OptimizerModel(0.9f, 0.9f, 0, 0, 1));
    assertNamed("weightDecay", () -> new OptimizerModel(0.9f, 0.9f, 1e-8f, -1, 1));
    assertNamed("maxGradientNorm", () -> new OptimizerModel(0.9f, 0.9f, 1e-8f, 0, 0));
  }

  private static void assertNamed(String name, Runnable action) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, action::run).getMessage());
    assertTrue(message.startsWith(name + ": found "), message);
  }
}
