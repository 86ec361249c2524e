package org.riselm.onnx.internal.train;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import org.riselm.onnx.Device;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.util.Resources;

/** A second block of gradients, and the sum of both into the first. */
final class GradientAccumulator implements AutoCloseable {
  private final Resources resources = new Resources();
  private final ParameterBlock next;
  private final Binding sum;

  /** Makes room for what is added to {@code gradients}, which stay the caller's. */
  GradientAccumulator(ParameterBlock gradients, int threads) {
    try {
      Device device = gradients.block().device();
      next = resources.add(ParameterBlock.zeros(gradients.parameters(), device, FLOAT));
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
  ParameterBlock next() {
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
