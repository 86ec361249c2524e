package org.riselm.onnx.internal.autodiff;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;

/**
 * Computes on the way back what the way forward computed, so that it need not wait in memory
 * (activation recomputation, Chen et al. 2016). A graph is cut where few values cross; what is
 * between two cuts is computed a second time from the first of them, when the gradient of the
 * second is known and not before. Random draws are the same, because they have the same seed.
 */
final class Recomputation {
  private final Ops ops;
  private final List<Value> cuts;
  private final Map<String, Value> gradients;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Value> again = new HashMap<>();

  /**
   * Looks at the forward graph; adds nothing yet.
   *
   * @param cuts in order; each depends on all before through the one before only. What lies before
   *     the first and behind the last is kept
   * @param gradients as they are found, by the name of the value
   */
  Recomputation(Ops ops, List<Value> cuts, Map<String, Value> gradients) {
    this.ops = ops;
    this.cuts = cuts;
    this.gradients = gradients;
    int next = 0;
    Set<String> dependent = new HashSet<>();
    for (Node node : ops.graph().nodes()) {
      if (next == cuts.size()) {
        break;
      }
      boolean depends = node.inputs().stream().anyMatch(v -> dependent.contains(v.name()));
      if (node.outputs().contains(cuts.get(next))) {
        dependent.clear();
        dependent.add(cuts.get(next).name());
        next++;
      } else if (depends) {
        node.outputs().forEach(v -> dependent.add(v.name()));
        node.outputs().forEach(v -> producers.put(v.name(), node));
      }
    }
  }

  /** {@code value} as it is to be used on the way back: computed anew if it lies between cuts. */
  Value of(Value value) {
    Value known = again.get(value.name());
    if (known != null) {
      return known;
    }
    int cut = cuts.indexOf(value);
    if (cut >= 0 && cut < cuts.size() - 1) {
      Value gradient = gradients.get(cuts.get(cut + 1).name());
      again.put(value.name(), gradient == null ? value : ops.after(value, gradient));
    } else {
      Node node = producers.get(value.name());
      if (node == null) {
        return value;
      }
      repeat(node);
    }
    return again.getOrDefault(value.name(), value);
  }

  private void repeat(Node node) {
    List<Value> inputs = node.inputs().stream().map(this::of).toList();
    List<Value> templates =
        node.outputs().stream().map(v -> new Value("", v.type(), v.shape())).toList();
    List<Value> outputs =
        ops.graph().add(node.domain(), node.operator(), inputs, node.attributes(), templates);
    for (int i = 0; i < outputs.size(); i++) {
      again.put(node.output(i).name(), outputs.get(i));
    }
  }
}
