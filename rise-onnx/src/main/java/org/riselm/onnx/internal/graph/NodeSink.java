package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.internal.runtime.ElementType;

/** Adds nodes of one output to a graph: what the families of operators are made of. */
interface NodeSink {
  /** The domain of ONNX's own operators. */
  String ONNX = "";

  /** The domain of ONNX Runtime's operators. */
  String CONTRIB = "com.microsoft";

  /** Returns the graph that nodes are added to. */
  Graph graph();

  /** Adds an operator of one input, whose output is like it. */
  default Value unary(String operator, Value x) {
    return node(ONNX, operator, List.of(x), Map.of(), like(x));
  }

  /** Adds an operator of two inputs of one type, broadcast. */
  default Value binary(String operator, Value a, Value b) {
    if (a.type() != b.type()) {
      throw new IllegalArgumentException(operator + " of " + a + " and " + b + ": types differ");
    }
    return node(
        ONNX, operator, List.of(a, b), Map.of(), of(a.type(), a.shape().broadcast(b.shape())));
  }

  /** Adds a node of one output. */
  default Value node(
      String domain,
      String operator,
      List<Value> inputs,
      Map<String, Attribute> attributes,
      Value output) {
    return graph().add(domain, operator, inputs, attributes, List.of(output)).get(0);
  }

  /** Returns an output of the type and shape of {@code v}. */
  static Value like(Value v) {
    return of(v.type(), v.shape());
  }

  /** Returns an output of this type and shape. */
  static Value of(ElementType type, Shape shape) {
    return new Value("", type, shape);
  }

  /** Adds a constant, int64 [as many]. */
  default Value ints(Set<Integer> values) {
    long[] array = values.stream().mapToLong(Integer::longValue).toArray();
    return graph().constant(array, array.length);
  }

  /** Returns axes counted from the front, in order. */
  static Set<Integer> normalized(int[] axes, int rank) {
    List<Integer> sorted = new ArrayList<>();
    for (int a : axes) {
      sorted.add(a < 0 ? a + rank : a);
    }
    Collections.sort(sorted);
    return new LinkedHashSet<>(sorted);
  }
}
