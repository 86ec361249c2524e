package org.riselm.onnx.internal.artifact;

import static org.riselm.onnx.internal.artifact.TrainingNames.ACCUMULATED;
import static org.riselm.onnx.internal.artifact.TrainingNames.ACCUMULATOR;
import static org.riselm.onnx.internal.artifact.TrainingNames.BUFFER;
import static org.riselm.onnx.internal.artifact.TrainingNames.DOMAIN;
import static org.riselm.onnx.internal.artifact.TrainingNames.GRADIENT;
import static org.riselm.onnx.internal.artifact.TrainingNames.RESET;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/** The buffers in which ONNX Runtime adds up gradients: what a training graph needs beside them. */
public final class GradientBuffers {
  private GradientBuffers() {}

  /**
   * Has {@code graph} add up its gradients in buffers that ONNX Runtime holds. Adds, for each
   * parameter, an input for the buffer and an output that says when it is done; and one input with
   * which the buffers start anew.
   *
   * @param graph whose inputs are the user's, then the parameters, and whose outputs are the user's
   * @param gradients of each trained parameter, of its shape, in the parameters' order
   */
  public static void addTo(Graph graph, Map<Value, Value> gradients) {
    Ops ops = new Ops(graph);
    List<Value> buffers = new ArrayList<>();
    for (Value parameter : gradients.keySet()) {
      buffers.add(graph.input(parameter.name() + BUFFER, ElementType.FLOAT, parameter.shape()));
    }
    Value reset = graph.input(RESET, ElementType.BOOL, Shape.of(1));
    int i = 0;
    for (Map.Entry<Value, Value> e : gradients.entrySet()) {
      String parameter = e.getKey().name();
      Value gradient = ops.identity(e.getValue(), parameter + GRADIENT);
      Value done = new Value(parameter + ACCUMULATED, ElementType.BOOL, Shape.of(1));
      graph
          .add(
              DOMAIN,
              ACCUMULATOR,
              List.of(buffers.get(i), gradient, reset),
              Map.of(),
              List.of(done))
          .forEach(graph::output);
      i++;
    }
  }
}
