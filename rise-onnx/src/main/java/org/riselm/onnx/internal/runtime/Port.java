package org.riselm.onnx.internal.runtime;

import java.util.List;

/**
 * An input or output of a loaded graph.
 *
 * @param name as in the graph
 * @param type what it holds
 * @param shape −1 where the graph leaves a dimension open
 */
public record Port(String name, ElementType type, List<Long> shape) {
  public Port {
    shape = List.copyOf(shape);
  }
}
