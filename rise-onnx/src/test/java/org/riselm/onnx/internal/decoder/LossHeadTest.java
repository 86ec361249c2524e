package org.riselm.onnx.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;
import static org.riselm.onnx.internal.runtime.ElementType.INT64;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/** The head's losses and gradients against a softmax in double precision. */
class LossHeadTest {
  private static final int WIDTH = 6;

  private final SplittableRandom random = new SplittableRandom(1);

  private float[] random(int n, double size) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) ((random.nextDouble() - 0.5) * size);
    }
    return values;
  }

  private enum Kind {
    FROZEN,
    TRAINED,
    SCORED
  }

  private static final class Found {
    private final float[] losses;
    private final float[] hidden;
    private final float[] head;

    private Found(Tensor losses, Tensor hidden, Tensor head) {
      this.losses = losses.toFloats();
      this.hidden = hidden.toFloats();
      this.head = head.toFloats();
    }
  }

  private static Found run(
      Kind kind, double cap, float[] head, float[] hidden, long[] targets, float[] weights) {
    int vocabulary = head.length / WIDTH;
    Graph graph = new Graph("head");
    Ops ops = new Ops(graph);
    Dim n = Dim.of("targets");
    Value headValue = graph.input("head", FLOAT, Shape.of(vocabulary, WIDTH));
    Value hiddenValue = graph.input("hidden", FLOAT, Shape.of(n, Dim.of(WIDTH)));
    Matrix matrix = new Matrix(ops, headValue, Value.ABSENT, BlockFormat.of(Bits.EIGHT));
    LossHead loss =
        new LossHead(ops, matrix, hiddenValue, graph.input("targets", INT64, Shape.of(n)), cap);
    Value weight = graph.input("weights", FLOAT, Shape.of(n));
    LossHead.Learned learned =
        switch (kind) {
          case FROZEN -> loss.frozen(weight);
          case TRAINED -> loss.trained(weight);
          case SCORED -> new LossHead.Learned(loss.tokenLosses(), Map.of());
        };
    graph.output(ops.identity(learned.tokenLosses(), "losses"));
    learned.gradients().forEach((v, g) -> graph.output(ops.identity(g, v.name() + "_grad")));
    try (Resources r = new Resources()) {
      OnnxSession session = r.add(OnnxSession.load(graph.toModel(), SessionSettings.ofThreads(2)));
      Tensor losses = r.add(Tensor.zeros(FLOAT, targets.length));
      Tensor hiddenGradient = r.add(Tensor.zeros(FLOAT, targets.length, WIDTH));
      Tensor headGradient = r.add(Tensor.zeros(FLOAT, vocabulary, WIDTH));
      Binding binding =
          r.add(session.bind())
              .input("head", r.add(Tensor.of(head, vocabulary, WIDTH)))
              .input("hidden", r.add(Tensor.of(hidden, targets.length, WIDTH)))
              .input("targets", r.add(Tensor.of(targets, targets.length)))
              .output("losses", losses);
      if (kind != Kind.SCORED) {
        binding
            .input("weights", r.add(Tensor.of(weights, targets.length)))
            .output("hidden_grad", hiddenGradient);
      }
      if (kind == Kind.TRAINED) {
        binding.output("head_grad", headGradient);
      }
      binding.run();
      return new Found(losses, hiddenGradient, headGradient);
    }
  }

  // Three chunks of the vocabulary, the last a part of one; and less than a chunk. Logits to ±300.
  @ParameterizedTest
  @CsvSource({
    "20000, 2, 0",
    "20000, 100, 0",
    "16384, 2, 0",
    "50, 2, 0",
    "50, 100, 0",
    "20000, 2, 3",
    "50, 9, 5"
  })
  void everyWayIsTheSoftmaxOfDoublePrecision(int vocabulary, double size, double cap) {
    float[] head = random(vocabulary * WIDTH, 4);
    long[] targets = {0, 8191, 8192, vocabulary - 1, vocabulary / 2};
    for (int i = 0; i < targets.length; i++) {
      targets[i] = Math.min(targets[i], vocabulary - 1);
    }
    float[] hidden = random(targets.length * WIDTH, size);
    float[] weights = {1, -0.5f, 0, 0.25f, 2};
    Found scored = run(Kind.SCORED, cap, head, hidden, targets, weights);
    Found frozen = run(Kind.FROZEN, cap, head, hidden, targets, weights);
    Found trained = run(Kind.TRAINED, cap, head, hidden, targets, weights);
    double[] headGradient = new double[head.length];
    for (int i = 0; i < targets.length; i++) {
      double[] logits = logits(head, hidden, i, cap);
      double[] p = softmax(logits);
      int target = (int) targets[i];
      double loss = -Math.log(p[target]);
      for (Found found : new Found[] {scored, frozen, trained}) {
        assertEquals(loss, found.losses[i], 1e-5 * Math.max(1, loss));
      }
      p[target] -= 1;
      for (int v = 0; v < vocabulary; v++) {
        p[v] *= cap == 0 ? 1 : 1 - logits[v] / cap * (logits[v] / cap);
      }
      for (int j = 0; j < WIDTH; j++) {
        double slope = 0;
        for (int v = 0; v < vocabulary; v++) {
          slope += weights[i] * p[v] * head[v * WIDTH + j];
          headGradient[v * WIDTH + j] += weights[i] * p[v] * hidden[i * WIDTH + j];
        }
        assertEquals(slope, frozen.hidden[i * WIDTH + j], 1e-5);
        assertEquals(slope, trained.hidden[i * WIDTH + j], 1e-5);
      }
    }
    for (int k = 0; k < head.length; k++) {
      assertEquals(headGradient[k], trained.head[k], 2e-6 * size);
    }
  }

  private static double[] logits(float[] head, float[] hidden, int row, double cap) {
    double[] logits = new double[head.length / WIDTH];
    for (int v = 0; v < logits.length; v++) {
      for (int j = 0; j < WIDTH; j++) {
        logits[v] += (double) head[v * WIDTH + j] * hidden[row * WIDTH + j];
      }
      logits[v] = cap == 0 ? logits[v] : cap * Math.tanh(logits[v] / cap);
    }
    return logits;
  }

  private static double[] softmax(double[] logits) {
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = Arrays.stream(logits).map(z -> Math.exp(z - max)).sum();
    return Arrays.stream(logits).map(z -> Math.exp(z - max) / sum).toArray();
  }

  @Test
  void aLossThatNoFloatsProbabilityHoldsIsStillRight() {
    float[] head = {200, 0, 0, 0, 0, 0, -200, 0, 0, 0, 0, 0};
    float[] hidden = {1, 0, 0, 0, 0, 0};
    for (Kind kind : Kind.values()) {
      assertEquals(
          400, run(kind, 0, head, hidden, new long[] {1}, new float[] {1}).losses[0], 1e-3);
    }
  }
}
