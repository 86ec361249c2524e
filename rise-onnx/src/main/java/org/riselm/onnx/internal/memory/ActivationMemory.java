package org.riselm.onnx.internal.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.ExecutionOrder;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.train.DeviceAdamW;
import org.riselm.onnx.internal.train.TrainingGraph;

/**
 * Predicts the memory that a graph takes beside its inputs and outputs, those of a training step
 * weights, gradients and moments: what is alive at once while it runs, in ONNX Runtime's order.
 */
public final class ActivationMemory {
  // What these put out is their input's memory.
  private static final Set<String> VIEWS = Set.of("Reshape", "Identity", "Squeeze", "Unsqueeze");

  private final Map<String, Long> sizes;
  private final Map<String, String> sources = new HashMap<>();

  private ActivationMemory(Map<String, Long> sizes) {
    this.sizes = new HashMap<>(sizes);
    long batch = sizes.getOrDefault("batch", 0L);
    this.sizes.putAll(DecoderGraphs.packedSizes(batch, sizes.getOrDefault("sequence", 0L)));
  }

  /**
   * The most bytes alive at once in a step of a micro-batch.
   *
   * @param layout what is trained
   * @param rows of the micro-batch
   * @param columns of it; a micro-batch has rows · columns tokens, padding counted
   * @param targets how many of the tokens are learned
   */
  public static long bytes(ParameterLayout layout, long rows, long columns, long targets) {
    Map<String, Long> sizes = Map.of("batch", rows, "sequence", columns, "targets", targets);
    return bytes(TrainingGraph.withGradients(layout, 0), sizes);
  }

  /**
   * The most bytes alive at once while {@code graph} runs.
   *
   * @param sizes of its inputs' open dimensions, by name
   */
  public static long bytes(Graph graph, Map<String, Long> sizes) {
    return new ActivationMemory(sizes).peak(graph);
  }

  /** The bytes that updating what {@code layout} trains takes on a device, beside a step's. */
  public static long ofDeviceUpdate(ParameterLayout layout) {
    return DeviceAdamW.deviceScratch(
        layout.trained().stream().mapToLong(Parameter::elements).sum());
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
      if (VIEWS.contains(node.operator())) {
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
