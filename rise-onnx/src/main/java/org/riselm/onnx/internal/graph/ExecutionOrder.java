package org.riselm.onnx.internal.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The order in which ONNX Runtime runs a graph's nodes by default: depth first from what the last
 * node without a successor needs, then from the one before; of several inputs' producers, the one
 * that was added last comes first. What its optimizers fuse or remove is not known here.
 */
public final class ExecutionOrder {
  private ExecutionOrder() {}

  /** The nodes of {@code graph} as they run. */
  public static List<Node> of(Graph graph) {
    List<Node> nodes = graph.nodes();
    Map<String, Integer> producers = new HashMap<>();
    Set<String> used = new HashSet<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (Value output : nodes.get(i).outputs()) {
        producers.put(output.name(), i);
      }
      nodes.get(i).inputs().forEach(v -> used.add(v.name()));
    }
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).outputs().stream().noneMatch(v -> used.contains(v.name()))) {
        open.push(i);
      }
    }
    boolean[] entered = new boolean[nodes.size()];
    List<Node> order = new ArrayList<>();
    while (!open.isEmpty()) {
      int i = open.pop();
      if (i < 0) {
        order.add(nodes.get(-1 - i));
      } else if (!entered[i]) {
        entered[i] = true;
        // Below zero: its inputs are done.
        open.push(-1 - i);
        TreeSet<Integer> needed = new TreeSet<>();
        for (Value input : nodes.get(i).inputs()) {
          Integer producer = producers.get(input.name());
          if (producer != null) {
            needed.add(producer);
          }
        }
        needed.forEach(open::push);
      }
    }
    return order;
  }
}
