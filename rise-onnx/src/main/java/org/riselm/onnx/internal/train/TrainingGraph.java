package org.riselm.onnx.internal.train;

import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.autodiff.Differentiator;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.memory.ActivationMemory;

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

  /**
   * Predicts the most bytes alive at once in a step of a micro-batch, beside weights, gradients and
   * moments.
   *
   * @param layout what is trained
   * @param rows of the micro-batch
   * @param columns of it; a micro-batch has rows · columns tokens, padding counted
   * @param targets how many of the tokens are learned
   */
  public static long activationBytes(
      ParameterLayout layout, long rows, long columns, long targets) {
    Map<String, Long> sizes = Map.of("batch", rows, "sequence", columns, "targets", targets);
    return ActivationMemory.bytes(withGradients(layout, 0), sizes);
  }
}
