package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds nodes that compute the same shapes, places and truth values, and the same floating-point
 * numbers where these are made of a batch alone: masks, tables of positions.
 */
final class EqualNodes {
  private final Map<List<Object>, Node> known = new HashMap<>();
  private final Map<String, Value> kept = new HashMap<>();
  // What depends on nothing but the batch.
  private final Set<String> batch;

  private EqualNodes(Set<String> batch) {
    this.batch = batch;
  }

  /**
   * The nodes without those that compute what an earlier one does, which stands in for them.
   *
   * @param batch the names of constants, and of the inputs that are a batch
   */
  static List<Node> without(List<Node> nodes, List<Value> outputs, Set<String> batch) {
    EqualNodes equal = new EqualNodes(new HashSet<>(batch));
    // An output keeps its name.
    List<String> named = outputs.stream().map(Value::name).toList();
    List<Node> left = new ArrayList<>();
    for (Node node : nodes) {
      Node read = equal.reading(node);
      boolean isOutput = node.outputs().stream().anyMatch(v -> named.contains(v.name()));
      if (isOutput || !equal.replaces(read)) {
        left.add(read);
      }
    }
    return left;
  }

  private Node reading(Node node) {
    List<Value> inputs = node.inputs().stream().map(v -> kept.getOrDefault(v.name(), v)).toList();
    return new Node(
        node.name(),
        node.domain(),
        node.operator(),
        inputs,
        node.outputs(),
        node.attributes(),
        node.captured());
  }

  private boolean replaces(Node node) {
    boolean isBatchs = node.reads().stream().allMatch(v -> batch.contains(v.name()));
    if (isBatchs) {
      node.outputs().forEach(v -> batch.add(v.name()));
    }
    boolean isReal = node.outputs().stream().anyMatch(v -> v.type().isFloatingPoint());
    if ((isReal && !isBatchs) || !node.captured().isEmpty()) {
      return false;
    }
    List<Object> key =
        List.of(
            node.qualifiedOperator(),
            new TreeMap<>(node.attributes()),
            node.inputs().stream().map(Value::name).toList(),
            node.outputs().size());
    Node first = known.putIfAbsent(key, node);
    if (first == null) {
      return false;
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      kept.put(node.output(i).name(), first.output(i));
    }
    return true;
  }
}
