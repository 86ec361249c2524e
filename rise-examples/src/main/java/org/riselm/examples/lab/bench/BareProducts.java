package org.riselm.examples.lab.bench;

import java.util.ArrayList;
import java.util.List;
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
import org.riselm.onnx.model.DecoderConfig;

/**
 * What a training step of all parameters cannot do without: its matrix products, each alone in a
 * session, with operands that are still in the cache from the run before. Of attention's, the half
 * that causality needs.
 */
final class BareProducts {
  private static final int RUNS = 7;

  private final int threads;

  private BareProducts(int threads) {
    this.threads = threads;
  }

  /** The seconds of all of a step's products. */
  static double seconds(org.riselm.examples.lab.bench.Shape shape, int threads) {
    BareProducts bare = new BareProducts(threads);
    DecoderConfig c = shape.config();
    long tokens = (long) shape.rows() * shape.columns();
    int hidden = c.hiddenSize();
    int inner = c.heads() * c.headSize();
    int keys = c.keyValueHeads() * c.headSize();
    double layer =
        bare.linear(tokens, hidden, inner)
            + 2 * bare.linear(tokens, hidden, keys)
            + bare.linear(tokens, inner, hidden)
            + 2 * bare.linear(tokens, hidden, c.feedForwardSize())
            + bare.linear(tokens, c.feedForwardSize(), hidden)
            + bare.attention((long) shape.rows() * c.heads(), shape.columns(), c.headSize());
    return c.layers() * layer + bare.linear(tokens, hidden, c.vocabularySize());
  }

  /** x·wᵀ, and on the way back dy·w and dyᵀ·x. */
  private double linear(long tokens, long in, long out) {
    long[] x = {tokens, in};
    long[] w = {out, in};
    long[] y = {tokens, out};
    return product(x, false, w, true, y)
        + product(y, false, w, false, x)
        + product(y, true, x, false, w);
  }

  /** Scores and their gradients, and what comes of shares of values and theirs. */
  private double attention(long batch, long columns, long size) {
    long[] narrow = {batch, columns, size};
    long[] wide = {batch, columns, columns};
    double all =
        2 * product(narrow, false, narrow, true, wide)
            + 2 * product(wide, false, narrow, false, narrow)
            + 2 * product(wide, true, narrow, false, narrow);
    return all * (columns + 1) / (2 * columns);
  }

  private double product(long[] a, boolean transposeA, long[] b, boolean transposeB, long[] out) {
    Graph graph = new Graph("product");
    Ops ops = new Ops(graph);
    Value left = graph.input("a", ElementType.FLOAT, Shape.of(a));
    Value right = graph.input("b", ElementType.FLOAT, Shape.of(b));
    graph.output(ops.identity(ops.matMul(left, transposeA, right, transposeB, 1), "out"));
    List<Double> seconds = new ArrayList<>();
    try (Resources r = new Resources()) {
      OnnxSession session =
          r.add(OnnxSession.load(graph.toModel(), SessionSettings.ofThreads(threads)));
      Binding binding =
          r.add(session.bind())
              .input("a", r.add(ones(a)))
              .input("b", r.add(ones(b)))
              .output("out", r.add(Tensor.zeros(ElementType.FLOAT, out)));
      binding.run();
      for (int i = 0; i < RUNS; i++) {
        long before = System.nanoTime();
        binding.run();
        seconds.add((System.nanoTime() - before) / 1e9);
      }
    }
    return Comparison.median(seconds);
  }

  private static Tensor ones(long[] shape) {
    Tensor t = Tensor.zeros(ElementType.FLOAT, shape);
    for (int i = 0; i < t.elements(); i++) {
      t.floats().put(i, 1);
    }
    return t;
  }
}
