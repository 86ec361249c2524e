package org.riselm.onnx.internal.train;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    Graph graph = differentiated(layout, seed).graph();
    graph.computeOutputsEarly();
    return graph;
  }

  /** {@link #withGradients}, cut between layers. */
  static LayeredGraph layered(ParameterLayout layout, long seed) {
    Differentiated d = differentiated(layout, seed);
    d.graph().mergeEqual(DecoderGraphs.USER_INPUTS);
    return LayerCut.of(d.graph(), d.forward(), d.between(), d.slopes(), layout.recomputes());
  }

  /** The scoring graph, cut between layers. */
  static LayeredGraph layeredScoring(ParameterLayout layout) {
    DecoderGraphs.Scoring scoring = DecoderGraphs.scoring(layout);
    scoring.graph().mergeEqual(DecoderGraphs.USER_INPUTS);
    return LayerCut.of(scoring.graph(), Set.of(), scoring.betweenLayers(), Map.of(), false);
  }

  /**
   * A graph with its gradients.
   *
   * @param forward the names of the nodes of the way there
   * @param between the hidden states before the first layer and behind every one
   * @param slopes the gradients of those that have one
   */
  private record Differentiated(
      Graph graph, Set<String> forward, List<Value> between, Map<Value, Value> slopes) {}

  private static Differentiated differentiated(ParameterLayout layout, long seed) {
    DecoderGraphs.Learning learning = DecoderGraphs.learning(layout, seed);
    Graph graph = learning.graph();
    Set<String> forward = new HashSet<>();
    graph.nodes().forEach(n -> forward.add(n.name()));
    List<Value> between = learning.betweenLayers();
    Map<Value, Value> slopes =
        new HashMap<>(
            Differentiator.gradients(graph, learning.gradients(), learning.parameters(), between));
    Ops ops = new Ops(graph);
    graph.output(learning.loss());
    for (Value p : learning.parameters()) {
      graph.output(ops.identity(slopes.remove(p), gradientName(p.name())));
    }
    graph.removeUnused();
    return new Differentiated(graph, forward, between, slopes);
  }

  /**
   * Predicts the most bytes alive at once in a step of a micro-batch, beside weights, gradients and
   * moments; in scoring one, if nothing is trained.
   *
   * @param layout what is trained
   * @param rows of the micro-batch
   * @param columns of it; a micro-batch has rows · columns tokens, padding counted
   * @param targets how many of the tokens are learned
   */
  public static long activationBytes(
      ParameterLayout layout, long rows, long columns, long targets) {
    Map<String, Long> sizes = DecoderGraphs.sizes(rows, columns, targets, rows * columns);
    boolean trains = !layout.trained().isEmpty();
    return (trains ? layered(layout, 0) : layeredScoring(layout)).bytes(sizes);
  }
}
