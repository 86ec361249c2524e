package org.riselm.onnx.internal.autodiff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/** Where gradients go: which nodes lie between parameters and what depends on them. */
public final class GradientPath {
  private GradientPath() {}

  /**
   * The nodes, in order, that {@code ends} depend on and that depend on a parameter, both by way of
   * floating-point numbers alone: nothing goes through whole numbers and truth values.
   */
  static List<Node> of(Graph graph, Collection<Value> ends, Collection<Value> parameters) {
    return of(graph, ends, parameters, n -> true);
  }

  private static List<Node> of(
      Graph graph, Collection<Value> ends, Collection<Value> parameters, Predicate<Node> passes) {
    Set<String> forward = new HashSet<>();
    parameters.forEach(p -> forward.add(p.name()));
    List<Node> dependent = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (passes.test(node)
          && reals(node.reads().stream()).anyMatch(v -> forward.contains(v.name()))) {
        dependent.add(node);
        reals(node.outputs().stream()).forEach(v -> forward.add(v.name()));
      }
    }
    Set<String> backward = new HashSet<>();
    ends.forEach(v -> backward.add(v.name()));
    Deque<Node> path = new ArrayDeque<>();
    for (int i = dependent.size() - 1; i >= 0; i--) {
      Node node = dependent.get(i);
      if (reals(node.outputs().stream()).anyMatch(v -> backward.contains(v.name()))) {
        path.addFirst(node);
        reals(node.reads().stream()).forEach(v -> backward.add(v.name()));
      }
    }
    return List.copyOf(path);
  }

  private static Stream<Value> reals(Stream<Value> values) {
    return values.filter(v -> !v.isAbsent() && v.type().isFloatingPoint());
  }

  /**
   * Those of {@code candidates} that a gradient of {@code end} reaches.
   *
   * @param passes whether gradients are followed through a node
   */
  public static Set<Value> reached(
      Graph graph, Value end, Collection<Value> candidates, Predicate<Node> passes) {
    Set<String> read = new HashSet<>();
    of(graph, List.of(end), candidates, passes)
        .forEach(n -> n.reads().forEach(v -> read.add(v.name())));
    Set<Value> reached = new LinkedHashSet<>();
    candidates.stream().filter(c -> read.contains(c.name())).forEach(reached::add);
    return reached;
  }

  /**
   * Returns if every node between {@code parameters} and {@code end} has a rule.
   *
   * @throws MissingGradientException naming every node that has none
   */
  public static void requireRules(Graph graph, Value end, Collection<Value> parameters) {
    requireRules(of(graph, List.of(end), parameters));
  }

  /**
   * Returns if every node between {@code parameters} and {@code end} is as its rule wants it: the
   * number of its values' dimensions known, and their numbers of 32 bits.
   *
   * @throws MissingGradientException naming every node that is not
   */
  public static void requireFit(Graph graph, Value end, Collection<Value> parameters) {
    List<String> unfit = new ArrayList<>();
    for (Node node : of(graph, List.of(end), parameters)) {
      List<Value> both = Stream.concat(node.reads().stream(), node.outputs().stream()).toList();
      boolean converts = node.operator().startsWith("Cast");
      if (both.stream().anyMatch(v -> !v.shape().isRanked())) {
        unfit.add(named(node) + ": how many dimensions it has is not known before a run");
      } else if (!converts && reals(both.stream()).anyMatch(v -> v.type() != ElementType.FLOAT)) {
        unfit.add(named(node) + ": it computes in other numbers than FLOAT");
      }
    }
    if (!unfit.isEmpty()) {
      throw new MissingGradientException("gradients cannot pass " + String.join("; ", unfit));
    }
  }

  private static String named(Node node) {
    return "%s (node %s)".formatted(node.qualifiedOperator(), node.name());
  }

  static void requireRules(List<Node> path) {
    Map<String, List<String>> missing = new LinkedHashMap<>();
    path.stream()
        .filter(n -> !GradientRules.has(n))
        .forEach(
            n ->
                missing
                    .computeIfAbsent(n.qualifiedOperator(), o -> new ArrayList<>())
                    .add(n.name()));
    if (!missing.isEmpty()) {
      List<String> named = new ArrayList<>();
      missing.forEach(
          (operator, nodes) -> {
            String word = nodes.size() == 1 ? "node" : "nodes";
            named.add("%s (%s %s)".formatted(operator, word, String.join(", ", nodes)));
          });
      throw new MissingGradientException(
          "no gradient rule for "
              + String.join("; ", named)
              + ". There are rules for "
              + String.join(", ", GradientRules.names()));
    }
  }
}
