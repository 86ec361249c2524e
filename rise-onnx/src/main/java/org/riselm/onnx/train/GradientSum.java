package org.riselm.onnx.train;

import static org.riselm.onnx.runtime.ElementType.FLOAT;

import org.riselm.onnx.graph.Dim;
import org.riselm.onnx.graph.Graph;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Shape;
import org.riselm.onnx.graph.Value;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.Binding;
import org.riselm.onnx.runtime.Device;
import org.riselm.onnx.runtime.OnnxSession;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.SessionSettings;

/** A second block of gradients, and the sum of both into the first. */
final class GradientSum implements AutoCloseable {
  private final Resources resources = new Resources();
  private final Weights next;
  private final Binding sum;

  /** Makes room for what is added to {@code gradients}, which stay the caller's. */
  GradientSum(Weights gradients, int threads) {
    try {
      Device device = gradients.block().device();
      next = resources.add(Weights.zeros(gradients.parameters(), device, FLOAT));
      Graph graph = new Graph("gradient-sum");
      Shape block = Shape.of(Dim.of("n"));
      Value a = graph.input("a", FLOAT, block);
      Value b = graph.input("b", FLOAT, block);
      Ops ops = new Ops(graph);
      graph.output(ops.identity(ops.add(a, b), "sum"));
      SessionSettings settings = SessionSettings.ofThreads(threads).on(device);
      OnnxSession session = resources.add(OnnxSession.load(graph.toModel(), settings));
      sum =
          resources
              .add(session.bind())
              .input("a", gradients.block())
              .input("b", next.block())
              .output("sum", gradients.block());
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /** The second block. */
  Weights next() {
    return next;
  }

  /** Adds the second block to the first. */
  void add() {
    sum.run();
  }

  @Override
  public void close() {
    resources.close();
  }
}
