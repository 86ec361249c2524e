package org.riselm.onnx.internal.autodiff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;

/** Adds to a graph the nodes that compute the gradients of a loss (reverse mode). */
public final class Differentiator {
  private Differentiator() {}

  /**
   * Adds the gradients of {@code loss} with respect to {@code parameters}.
   *
   * @param graph a forward graph; backward nodes are added behind its own
   * @param loss a scalar of the graph
   * @param parameters inputs of the graph
   * @return for each parameter, in order, its gradient: of the parameter's shape
   * @throws MissingGradientException if an operator between a parameter and the loss has no rule,
   *     naming every such node; or if the loss does not depend on a parameter
   */
  public static Map<Value, Value> gradients(Graph graph, Value loss, Collection<Value> parameters) {
    if (loss.shape().rank() != 0) {
      throw new IllegalArgumentException("the loss " + loss + " is not a scalar");
    }
    return gradients(graph, Map.of(loss, graph.constant(1)), parameters);
  }

  /**
   * Adds the gradients of a loss of which the last part was differentiated by hand.
   *
   * @param graph a forward graph; backward nodes are added behind its own
   * @param known values of the graph with the loss's gradients with respect to them: where the way
   *     back starts. Paths around them are not followed
   * @param parameters inputs of the graph
   * @return for each parameter, in order, its gradient: of the parameter's shape
   * @throws MissingGradientException if an operator between a parameter and a known gradient has no
   *     rule, naming every such node; or if the loss does not depend on a parameter
   */
  public static Map<Value, Value> gradients(
      Graph graph, Map<Value, Value> known, Collection<Value> parameters) {
    return gradients(graph, known, parameters, List.of());
  }

  /**
   * As {@link #gradients(Graph, Map, Collection)}, telling more.
   *
   * @param between further values of the graph, whose gradients are given too, where the way back
   *     comes by them
   */
  public static Map<Value, Value> gradients(
      Graph graph, Map<Value, Value> known, Collection<Value> parameters, List<Value> between) {
    List<Node> path = GradientPath.of(graph, known.keySet(), parameters);
    GradientPath.requireRules(path);

    Set<String> reached = new HashSet<>();
    parameters.forEach(p -> reached.add(p.name()));
    path.forEach(n -> n.outputs().forEach(v -> reached.add(v.name())));

    Ops ops = new Ops(graph);
    Map<String, Value> gradients = new HashMap<>();
    known.forEach((value, gradient) -> gradients.put(value.name(), gradient));
    Map<String, Value> widened = widened(graph);
    for (int i = path.size() - 1; i >= 0; i--) {
      propagate(ops, path.get(i), reached, widened, gradients);
    }

    Map<Value, Value> result = new LinkedHashMap<>();
    for (Value p : parameters) {
      Value gradient = gradients.get(p.name());
      if (gradient == null) {
        throw new MissingGradientException("the loss does not depend on the parameter " + p.name());
      }
      result.put(p, gradient);
    }
    for (Value v : between) {
      Value gradient = gradients.get(v.name());
      if (gradient != null) {
        result.put(v, gradient);
      }
    }
    return result;
  }

  private static void propagate(
      Ops ops,
      Node node,
      Set<String> reached,
      Map<String, Value> widened,
      Map<String, Value> gradients) {
    List<Value> outputGradients = new ArrayList<>();
    boolean any = false;
    for (Value output : node.outputs()) {
      Value g = gradients.getOrDefault(output.name(), Value.ABSENT);
      outputGradients.add(g);
      any |= !g.isAbsent();
    }
    if (!any) {
      return;
    }
    // Only Split gives more than one thing that gradients go through.
    boolean beside = outputGradients.stream().skip(1).anyMatch(g -> !g.isAbsent());
    if (beside && !node.operator().equals("Split")) {
      throw new MissingGradientException(
          "node %s: the gradient of %s has a rule for its first output only"
              .formatted(node.name(), node.qualifiedOperator()));
    }
    List<Boolean> wanted = node.inputs().stream().map(v -> reached.contains(v.name())).toList();
    List<Value> inputGradients =
        GradientRules.of(node)
            .apply(new Backward(ops, node, outputGradients, wanted, widened, gradients));
    for (int i = 0; i < inputGradients.size(); i++) {
      Value g = inputGradients.get(i);
      if (g.isAbsent() || !wanted.get(i)) {
        continue;
      }
      Value input = node.input(i);
      if (!g.shape().fits(input.shape())) {
        throw new IllegalStateException(
            "node %s: the rule of %s gave a gradient of shape %s for an input of shape %s"
                .formatted(node.name(), node.qualifiedOperator(), g.shape(), input.shape()));
      }
      gradients.merge(input.name(), g.as(input.shape()), ops::add);
    }
  }

  /** The matrices among the graph's inputs that were cast, by the name of what came out. */
  private static Map<String, Value> widened(Graph graph) {
    Map<String, Value> seen = new HashMap<>();
    graph.inputs().stream()
        .filter(v -> v.shape().isFixed() && v.shape().rank() == 2 && v.type().isFloatingPoint())
        .forEach(v -> seen.put(v.name(), v));
    Map<String, Value> widened = new HashMap<>();
    for (Node node : graph.nodes()) {
      Value matrix = seen.get(node.input(0).name());
      if (matrix == null
          || !node.output(0).shape().isRanked()
          || !node.output(0).shape().equals(matrix.shape())) {
        continue;
      }
      switch (node.qualifiedOperator()) {
        case "Reshape" -> seen.put(node.output(0).name(), matrix);
        case "Cast" -> widened.put(node.output(0).name(), matrix);
        default -> {}
      }
    }
    return widened;
  }
}
