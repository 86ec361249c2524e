package org.riselm.onnx.internal.graph;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A part of a graph as a graph of its own. Its values have names of their own, so that two parts
 * that do the same with other values are equal graphs.
 *
 * @param graph the part; inputs and outputs in the order of the two lists
 * @param inputs what it takes of the whole graph: values of other parts, inputs, large constants
 * @param outputs what it gives, values of the whole graph
 * @param description the same for two parts if their graphs are equal
 */
public record Subgraph(
    Graph graph, List<Value> inputs, List<Value> outputs, List<String> description) {
  public Subgraph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    description = List.copyOf(description);
  }

  /** Takes parts out of one graph, which stays as it is. */
  public static final class Cutter {
    // Smaller constants are in the parts; larger ones, tables of positions for example, are handed
    // over, so that they are in memory once.
    private static final int LARGE_BYTES = 4096;

    private final Graph whole;
    private final List<Node> nodes;
    private final Map<String, Integer> producers = new HashMap<>();

    public Cutter(Graph whole) {
      this.whole = whole;
      this.nodes = whole.nodes();
      for (int i = 0; i < nodes.size(); i++) {
        for (Value output : nodes.get(i).outputs()) {
          producers.put(output.name(), i);
        }
      }
    }

    /**
     * The bytes of {@code value}, row by row, little-endian, if it is a constant of the whole graph
     * that parts take as an input.
     */
    public ByteBuffer bytes(Value value) {
      return whole.constantBytes(value);
    }

    /** Whether {@code value} is a constant of the whole graph. */
    public boolean isConstant(Value value) {
      return whole.isInitializer(value);
    }

    /**
     * The part that computes {@code wanted}.
     *
     * @param isGiven whether a value that a node needs is taken as an input, not computed
     */
    public Subgraph part(List<Value> wanted, Predicate<Value> isGiven) {
      BitSet taken = new BitSet();
      List<Value> open = new ArrayList<>(wanted);
      while (!open.isEmpty()) {
        Value value = open.remove(open.size() - 1);
        Integer producer = producers.get(value.name());
        if (producer != null && !taken.get(producer)) {
          taken.set(producer);
          nodes.get(producer).reads().stream().filter(v -> !isGiven.test(v)).forEach(open::add);
        }
      }
      return new Copy(whole).of(taken.stream().mapToObj(nodes::get).toList(), wanted);
    }
  }

  /** Copies nodes into a new graph, under new names. */
  private static final class Copy {
    private final Graph whole;
    private final Graph part = new Graph("part");
    private final Map<String, Value> renamed = new HashMap<>();
    private final Map<Value, Value> inputs = new LinkedHashMap<>();
    private final List<String> description = new ArrayList<>();

    Copy(Graph whole) {
      this.whole = whole;
    }

    Subgraph of(List<Node> nodes, List<Value> wanted) {
      for (Node node : nodes) {
        List<Value> ins = node.inputs().stream().map(this::input).toList();
        List<Value> outs = new ArrayList<>();
        for (Value v : node.outputs()) {
          Value out = v.isAbsent() ? v : new Value("v" + renamed.size(), v.type(), v.shape());
          renamed.put(v.name(), out);
          outs.add(out);
        }
        String name = node.operator() + "_" + description.size();
        part.add(
            new Node(
                name, node.domain(), node.operator(), ins, outs, node.attributes(), List.of()));
        description.add(
            node.qualifiedOperator() + new TreeMap<>(node.attributes()) + ins + " = " + outs);
      }
      for (Value v : wanted) {
        Value out = renamed.getOrDefault(v.name(), v).as(v.shape());
        part.output(out);
        description.add("output " + out);
      }
      part.computeOutputsEarly();
      return new Subgraph(part, List.copyOf(inputs.keySet()), wanted, description);
    }

    private Value input(Value v) {
      if (v.isAbsent()) {
        return v;
      }
      Value known = renamed.get(v.name());
      if (known == null) {
        boolean isSmall =
            whole.isInitializer(v) && whole.constantBytes(v).remaining() < Cutter.LARGE_BYTES;
        if (isSmall) {
          known = part.constant(v.name(), v.type(), v.shape(), whole.constantBytes(v));
        } else {
          known = part.input("in" + renamed.size(), v.type(), v.shape());
          inputs.put(v, known);
        }
        renamed.put(v.name(), known);
      }
      return known.as(v.shape());
    }
  }
}
