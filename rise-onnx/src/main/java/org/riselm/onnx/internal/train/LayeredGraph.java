package org.riselm.onnx.internal.train;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Subgraph;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.memory.ActivationMemory;

/**
 * A graph over sequences, cut between its layers. Layers that are alike are one part, run once for
 * each of them, so that loading the parts takes as long for many layers as for a few.
 *
 * @param parts to load, each different from the others
 * @param calls of parts, in the order in which they run
 * @param constants that calls take as inputs, by name
 * @param aliases values, by name, that are in the memory of one of the whole graph's outputs: the
 *     output's name
 */
record LayeredGraph(
    List<Graph> parts,
    List<Call> calls,
    Map<String, Constant> constants,
    Map<String, String> aliases) {
  LayeredGraph {
    parts = List.copyOf(parts);
    calls = List.copyOf(calls);
    constants = Map.copyOf(constants);
    aliases = Map.copyOf(aliases);
  }

  /**
   * A run of a part.
   *
   * @param part its number
   * @param inputs values of the whole graph, in the part's order
   * @param outputs values of the whole graph, in the part's order
   */
  record Call(int part, List<Value> inputs, List<Value> outputs) {}

  /** A large constant of the whole graph. */
  record Constant(Value value, ByteBuffer bytes) {}

  /**
   * Predicts the most bytes that a run takes beside inputs and outputs of the whole graph: what is
   * kept between parts, and what the part that needs most has for itself.
   *
   * @param sizes of the open dimensions, by name
   */
  long bytes(Map<String, Long> sizes) {
    long bytes = new ActivationLayout(this, sizes).bytes();
    long most = 0;
    for (Graph part : parts) {
      most = Math.max(most, ActivationMemory.bytes(part, sizes));
    }
    return bytes + most;
  }

  /** Collects calls. */
  static final class Builder {
    private final Subgraph.Cutter cutter;
    private final Map<List<String>, Integer> numbers = new HashMap<>();
    private final List<Graph> parts = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final Map<String, Constant> constants = new LinkedHashMap<>();
    private final Map<String, String> aliases = new HashMap<>();

    Builder(Subgraph.Cutter cutter) {
      this.cutter = cutter;
    }

    /** Has {@code piece} run behind what was added so far. */
    Builder add(Subgraph piece) {
      int part = numbers.computeIfAbsent(piece.description(), d -> parts.size());
      if (part == parts.size()) {
        parts.add(piece.graph());
      }
      for (Value v : piece.inputs()) {
        if (cutter.isConstant(v)) {
          constants.computeIfAbsent(v.name(), n -> new Constant(v, cutter.bytes(v)));
        }
      }
      calls.add(new Call(part, piece.inputs(), piece.outputs()));
      return this;
    }

    /** Puts {@code value} into the memory of {@code output}, which one call makes of it. */
    Builder alias(Value value, Value output) {
      aliases.put(value.name(), output.name());
      return this;
    }

    LayeredGraph build() {
      return new LayeredGraph(parts, calls, constants, aliases);
    }
  }
}
