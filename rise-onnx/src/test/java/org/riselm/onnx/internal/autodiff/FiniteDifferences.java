package org.riselm.onnx.internal.autodiff;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/**
 * Holds a graph's gradients against central differences. The loss is Σ cᵢ·yᵢ with fixed random cᵢ,
 * so that every output counts differently.
 */
final class FiniteDifferences {
  /** A function of float inputs that a test builds. */
  interface Function {
    Value apply(Ops ops, List<Value> inputs);
  }

  private final List<float[]> data = new ArrayList<>();
  private final List<Shape> declared = new ArrayList<>();
  private final List<long[]> actual = new ArrayList<>();
  private final SplittableRandom random;
  private int threads = 1;
  private int opset = Graph.OPSET;
  private long[] outputShape = new long[0];

  FiniteDifferences(long seed) {
    this.random = new SplittableRandom(seed);
  }

  FiniteDifferences threads(int threads) {
    this.threads = threads;
    return this;
  }

  FiniteDifferences opset(int opset) {
    this.opset = opset;
    return this;
  }

  /** The shape that comes out, where the declared shapes do not tell. */
  FiniteDifferences output(long... shape) {
    this.outputShape = shape;
    return this;
  }

  /** An input with numbers in [low, high). */
  FiniteDifferences input(double low, double high, long... shape) {
    return input(low, high, Shape.of(shape), shape);
  }

  /** An input whose declared shape leaves dimensions open. */
  FiniteDifferences input(double low, double high, Shape shape, long... actualShape) {
    long n = 1;
    for (long d : actualShape) {
      n *= d;
    }
    float[] values = new float[(int) n];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (low + (high - low) * random.nextDouble());
    }
    data.add(values);
    declared.add(shape);
    actual.add(actualShape);
    return this;
  }

  /** Checks every input's gradient; the worst relative L2 error must be at most 1e-3. */
  void check(Function function) {
    Graph graph = new Graph("checked", opset);
    Ops ops = new Ops(graph);
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      inputs.add(graph.input("x" + i, ElementType.FLOAT, declared.get(i)));
    }
    Value y = function.apply(ops, inputs);
    Value c = graph.input("c", ElementType.FLOAT, y.shape());
    int[] axes = new int[y.shape().rank()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i;
    }
    Value product = ops.mul(y, c);
    Value loss = axes.length == 0 ? product : ops.reduceSum(product, false, axes);
    Map<Value, Value> gradients = Differentiator.gradients(graph, loss, inputs);
    graph.output(y);
    Map<Integer, Value> outputs = new LinkedHashMap<>();
    int index = 0;
    for (Value g : gradients.values()) {
      Value named = ops.identity(g, "gradient" + index);
      graph.output(named);
      outputs.put(index++, named);
    }
    run(graph, y, outputs);
  }

  private void run(Graph graph, Value y, Map<Integer, Value> gradients) {
    try (Resources r = new Resources()) {
      OnnxSession session =
          r.add(OnnxSession.load(graph.toModel(), SessionSettings.ofThreads(threads)));
      Binding binding = r.add(session.bind());
      List<Tensor> inputs = new ArrayList<>();
      Map<Dim, Long> sizes = new LinkedHashMap<>();
      for (int i = 0; i < data.size(); i++) {
        Tensor t = r.add(Tensor.of(data.get(i), actual.get(i)));
        inputs.add(t);
        binding.input("x" + i, t);
        for (int d = 0; d < actual.get(i).length; d++) {
          sizes.put(declared.get(i).dim(d), actual.get(i)[d]);
        }
      }
      long[] yShape =
          outputShape.length > 0
              ? outputShape
              : y.shape().dims().stream()
                  .mapToLong(d -> d instanceof Dim.Fixed f ? f.size() : sizes.get(d))
                  .toArray();
      Tensor out = r.add(Tensor.zeros(ElementType.FLOAT, yShape));
      float[] c = new float[(int) out.elements()];
      for (int i = 0; i < c.length; i++) {
        c[i] = (float) (random.nextDouble() * 2 - 1);
      }
      binding.input("c", r.add(Tensor.of(c, yShape))).output(y.name(), out);
      List<Tensor> analytic = new ArrayList<>();
      for (int i = 0; i < gradients.size(); i++) {
        Tensor g = r.add(Tensor.zeros(ElementType.FLOAT, actual.get(i)));
        analytic.add(g);
        binding.output(gradients.get(i).name(), g);
      }
      binding.run();
      List<float[]> found = analytic.stream().map(Tensor::toFloats).toList();
      for (int i = 0; i < inputs.size(); i++) {
        compare(i, found.get(i), numeric(binding, inputs.get(i), out, c));
      }
    }
  }

  // The loss is summed here in double precision, so that only the function itself rounds to fp32.
  private static double[] numeric(Binding binding, Tensor x, Tensor y, float[] c) {
    double[] slopes = new double[(int) x.elements()];
    for (int i = 0; i < slopes.length; i++) {
      float at = x.floats().get(i);
      float up = at + 5e-3f;
      float down = at - 5e-3f;
      x.floats().put(i, up);
      binding.run();
      double high = dot(y, c);
      x.floats().put(i, down);
      binding.run();
      slopes[i] = (high - dot(y, c)) / ((double) up - down);
      x.floats().put(i, at);
    }
    return slopes;
  }

  private static double dot(Tensor y, float[] c) {
    double sum = 0;
    for (int i = 0; i < c.length; i++) {
      sum += (double) y.floats().get(i) * c[i];
    }
    return sum;
  }

  private static void compare(int input, float[] analytic, double[] numeric) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < numeric.length; i++) {
      difference += Math.pow(analytic[i] - numeric[i], 2);
      size += numeric[i] * numeric[i];
    }
    double error = Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-3);
    assertTrue(
        error <= 1e-3,
        () ->
            "input %d: relative error %.2e; analytic %s, numeric %s"
                .formatted(
                    input,
                    error,
                    java.util.Arrays.toString(analytic),
                    java.util.Arrays.toString(numeric)));
  }
}
