package org.riselm.onnx.internal.graph;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One operation of a graph.
 *
 * @param name unique in its graph, if it was built here
 * @param domain of the operator; empty is ONNX's own
 * @param operator its name
 * @param inputs in the operator's order; {@link Value#ABSENT} where one is left out
 * @param outputs in the operator's order; {@link Value#ABSENT} where one is left out
 * @param attributes by name; those not set have the operator's defaults
 * @param captured values that it reads without taking them as inputs: inside of graphs that are its
 *     attributes
 */
public record Node(
    String name,
    String domain,
    String operator,
    List<Value> inputs,
    List<Value> outputs,
    Map<String, Attribute> attributes,
    List<Value> captured) {
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Map.copyOf(attributes);
    captured = List.copyOf(captured);
  }

  /** Everything that it reads: what it takes and what it captures. */
  public List<Value> reads() {
    return Stream.concat(inputs.stream(), captured.stream()).filter(v -> !v.isAbsent()).toList();
  }

  /** Input {@code index}; {@link Value#ABSENT} if it is left out. */
  public Value input(int index) {
    return index < inputs.size() ? inputs.get(index) : Value.ABSENT;
  }

  /** Output {@code index}. */
  public Value output(int index) {
    return outputs.get(index);
  }

  /** The whole number {@code attribute}, or {@code otherwise} if it is not set. */
  public long intAttribute(String attribute, long otherwise) {
    Attribute a = attributes.get(attribute);
    return a == null ? otherwise : ((Attribute.Int) a).value();
  }

  /** The number {@code attribute}, or {@code otherwise} if it is not set. */
  public float realAttribute(String attribute, float otherwise) {
    Attribute a = attributes.get(attribute);
    return a == null ? otherwise : ((Attribute.Real) a).value();
  }

  /** The whole numbers {@code attribute}, or {@code otherwise} if it is not set. */
  public List<Long> intsAttribute(String attribute, List<Long> otherwise) {
    Attribute a = attributes.get(attribute);
    return a == null ? otherwise : ((Attribute.Ints) a).values();
  }

  /** The operator with its domain, as people write it. */
  public String qualifiedOperator() {
    return domain.isEmpty() ? operator : domain + "." + operator;
  }
}
