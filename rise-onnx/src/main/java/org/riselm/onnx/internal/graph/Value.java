package org.riselm.onnx.internal.graph;

import org.riselm.onnx.internal.runtime.ElementType;

/**
 * A tensor that flows through a graph: an input, an initializer, or what a node puts out.
 *
 * @param name unique in its graph; empty for an optional input that is left out
 * @param type what it holds
 * @param shape as far as it is known before a run
 */
public record Value(String name, ElementType type, Shape shape) {
  /** Stands for an optional input that is left out. */
  public static final Value ABSENT = new Value("", ElementType.FLOAT, Shape.scalar());

  /** Whether an optional input is left out. */
  public boolean isAbsent() {
    return name.isEmpty();
  }

  /** This very tensor, with what else is known of its shape. */
  public Value as(Shape known) {
    return shape.equals(known) ? this : new Value(name, type, known);
  }

  @Override
  public String toString() {
    return name + ": " + type + shape;
  }
}
