package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Operator;
import org.riselm.onnx.internal.graph.Subgraph;
import org.riselm.onnx.internal.graph.Value;

/**
 * Cuts a graph where few values cross: at the hidden states between layers, and on the way back at
 * their gradients. What comes before the first cut, tokens and places that all layers read, is one
 * stage; every layer is one on the way there, the head is one, every layer is one on the way back,
 * and what is left, the gradient of the embedding, is the last.
 */
final class LayerCut {
  // Made of parameters and constants alone: every stage computes it for itself.
  private static final int NONE = -1;

  private final Graph whole;
  private final Set<String> forward;
  private final int layers;
  private final boolean recomputes;
  private final Subgraph.Cutter cutter;
  private final Set<String> boundaries = new HashSet<>();
  private final Map<String, Node> producers = new HashMap<>();
  // Of every value that a node puts out, the stage it is computed in, and that which may read it.
  private final Map<String, Integer> made = new HashMap<>();
  private final Map<String, Integer> read = new HashMap<>();
  private final List<List<Value>> wanted = new ArrayList<>();

  private LayerCut(
      Graph whole,
      Set<String> forward,
      List<Value> between,
      Map<Value, Value> slopes,
      boolean recomputes) {
    this.whole = whole;
    this.forward = forward;
    this.layers = between.size() - 1;
    this.recomputes = recomputes;
    this.cutter = new Subgraph.Cutter(whole);
    for (int i = 0; i < last() + 1; i++) {
      wanted.add(new ArrayList<>());
    }
    Map<String, Integer> bumps = new HashMap<>();
    for (int k = 0; k <= layers; k++) {
      bumps.put(between.get(k).name(), there(k));
      wanted.get(k).add(between.get(k));
      Value slope = slopes.get(between.get(k));
      if (slope != null) {
        bumps.put(slope.name(), back(k - 1));
        wanted.get(back(k)).add(slope);
      }
    }
    boundaries.addAll(bumps.keySet());
    stage(bumps);
    for (Value output : whole.outputs()) {
      wanted.get(made.getOrDefault(output.name(), NONE)).add(output);
    }
  }

  /**
   * Cuts a graph.
   *
   * @param whole with nodes in an order in which they can run
   * @param forward the names of the nodes of the way there
   * @param between the hidden states before the first layer and behind every one
   * @param slopes the gradients of those that have one
   * @param recomputes whether the way back computes again what layers computed on the way there
   */
  static LayeredGraph of(
      Graph whole,
      Set<String> forward,
      List<Value> between,
      Map<Value, Value> slopes,
      boolean recomputes) {
    return new LayerCut(whole, forward, between, slopes, recomputes).cut();
  }

  /** The stage of layer {@code k} on the way there, of the head for k = layers. */
  private static int there(int k) {
    return k + 1;
  }

  /** The stage of layer {@code k} on the way back; of the head, of what is left for k = −1. */
  private int back(int k) {
    return 2 * layers + 1 - k;
  }

  private int last() {
    return back(-1);
  }

  private void stage(Map<String, Integer> bumps) {
    Set<String> users = Set.copyOf(DecoderGraphs.USER_INPUTS);
    for (Value input : whole.inputs()) {
      read.put(input.name(), users.contains(input.name()) ? 0 : NONE);
    }
    for (Node node : whole.nodes()) {
      int stage = NONE;
      for (Value v : node.reads()) {
        stage = Math.max(stage, read.getOrDefault(v.name(), NONE));
      }
      for (Value v : node.outputs()) {
        producers.put(v.name(), node);
        made.put(v.name(), stage);
        read.put(v.name(), bumps.getOrDefault(v.name(), stage));
      }
    }
  }

  private LayeredGraph cut() {
    Map<Integer, Subgraph> pieces = new LinkedHashMap<>();
    // Later stages first: they tell what they take of earlier ones.
    for (int s = last(); s >= 0; s--) {
      if (wanted.get(s).isEmpty()) {
        continue;
      }
      int stage = s;
      Subgraph piece = cutter.part(wanted.get(s), v -> isTaken(v, stage));
      pieces.put(s, piece);
      for (Value v : piece.inputs()) {
        int source = made.getOrDefault(v.name(), NONE);
        if (source != NONE && wanted.get(source).stream().noneMatch(named(v))) {
          wanted.get(source).add(v);
        }
      }
    }
    LayeredGraph.Builder calls = new LayeredGraph.Builder(cutter);
    for (int s = 0; s <= last(); s++) {
      Subgraph piece = pieces.get(s);
      if (piece != null) {
        calls.add(piece);
      }
    }
    Subgraph left = pieces.get(last());
    if (left != null) {
      sumInPlace(left, calls);
    }
    return calls.build();
  }

  private static java.util.function.Predicate<Value> named(Value v) {
    return other -> other.name().equals(v.name());
  }

  /** What the head has found of a tied embedding's gradient is where the sum will be. */
  private void sumInPlace(Subgraph left, LayeredGraph.Builder calls) {
    for (Value output : left.outputs()) {
      for (Value v : left.inputs()) {
        boolean isHeads = made.getOrDefault(v.name(), NONE) == there(layers);
        if (isHeads && v.shape().equals(output.shape()) && v.type() == output.type()) {
          calls.alias(v, output);
          return;
        }
      }
    }
  }

  /** Whether {@code stage} takes a value from another one, or else computes it. */
  private boolean isTaken(Value v, int stage) {
    Node node = producers.get(v.name());
    if (node == null || boundaries.contains(v.name())) {
      return true;
    }
    int source = made.getOrDefault(v.name(), NONE);
    if (source == stage || source == NONE) {
      return false;
    }
    if (source == 0) {
      return true;
    }
    boolean isLayers = source < there(layers);
    if (recomputes && isLayers) {
      return node.operator().equals("Dropout");
    }
    // Sizes are known on the way there; what else was added for the way back belongs to it.
    boolean isKept = forward.contains(node.name()) || !v.type().isFloatingPoint();
    return isKept && !Operator.of(node).map(Operator::isView).orElse(false);
  }
}
