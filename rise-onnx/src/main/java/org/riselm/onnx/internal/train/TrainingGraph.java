package org.riselm.onnx.internal.train;

import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.autodiff.Differentiator;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;

/** The scoring graph with its gradients: what a training step runs. */
public final class TrainingGraph {
  private TrainingGraph() {}

  /** The name of {@code parameter}'s gradient. */
  static String gradientName(String parameter) {
    return parameter + "_grad";
  }

  /**
   * A graph whose outputs are {@code loss} and, for each parameter, its gradient.
   *
   * @param seed of its random draws
   */
  public static Graph withGradients(ParameterLayout layout, long seed) {
    DecoderGraphs.Learning learning = DecoderGraphs.learning(layout, seed);
    Graph graph = learning.graph();
    Map<Value, Value> gradients =
        Differentiator.gradients(
            graph,
            learning.gradients(),
            learning.parameters(),
            layout.recomputes() ? learning.betweenLayers() : List.of());
    Ops ops = new Ops(graph);
    graph.output(learning.loss());
    gradients.forEach(
        (parameter, gradient) ->
            graph.output(ops.identity(gradient, gradientName(parameter.name()))));
    graph.removeUnused();
    graph.computeOutputsEarly();
    return graph;
  }
}
