package org.riselm.onnx.internal.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.ExecutionOrder;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Operator;
import org.riselm.onnx.internal.graph.Value;

/**
 * Predicts the memory that a graph takes beside its inputs and outputs, those of a training step
 * weights, gradients and moments: what is alive at once while it runs, in ONNX Runtime's order.
 */
public final class ActivationMemory {
  private final Map<String, Long> sizes;
  private final Map<String, String> sources = new HashMap<>();

  private ActivationMemory(Map<String, Long> sizes) {
    this.sizes = new HashMap<>(sizes);
    long batch = sizes.getOrDefault("batch", 0L);
    this.sizes.putAll(DecoderGraphs.packedSizes(batch, sizes.getOrDefault("sequence", 0L)));
  }

  /**
   * The most bytes alive at once while {@code graph} runs.
   *
   * @param sizes of its inputs' open dimensions, by name
   */
  public static long bytes(Graph graph, Map<String, Long> sizes) {
    return new ActivationMemory(sizes).peak(graph);
  }

  private long peak(Graph graph) {
    List<Node> nodes = ExecutionOrder.of(graph);
    Map<String, Long> bytes = new HashMap<>();
    Map<String, Integer> lastUse = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (Value input : node.inputs()) {
        lastUse.put(source(input.name()), i);
      }
      if (Operator.of(node).map(Operator::isView).orElse(false)) {
        sources.put(node.output(0).name(), source(node.input(0).name()));
        continue;
      }
      for (Value output : node.outputs()) {
        bytes.put(output.name(), bytes(output));
        lastUse.put(output.name(), i);
      }
    }
    // What goes out has memory of its own, which is not counted here.
    Set<String> outside = new HashSet<>();
    graph.outputs().forEach(v -> outside.add(source(v.name())));
    bytes.keySet().removeAll(outside);
    Map<Integer, List<String>> ends = new HashMap<>();
    lastUse.forEach((name, i) -> ends.computeIfAbsent(i, k -> new ArrayList<>()).add(name));
    long alive = 0;
    long peak = 0;
    for (int i = 0; i < nodes.size(); i++) {
      for (Value output : nodes.get(i).outputs()) {
        alive += bytes.getOrDefault(output.name(), 0L);
      }
      peak = Math.max(peak, alive);
      for (String name : ends.getOrDefault(i, List.of())) {
        alive -= bytes.getOrDefault(name, 0L);
      }
    }
    return peak;
  }

  private String source(String name) {
    return sources.getOrDefault(name, name);
  }

  private long bytes(Value value) {
    long bytes = value.type().bytes();
    for (Dim d : value.shape().dims()) {
      bytes = Math.multiplyExact(bytes, d.size(sizes));
    }
    return bytes;
  }
}
