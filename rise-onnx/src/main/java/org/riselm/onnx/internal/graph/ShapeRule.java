package org.riselm.onnx.internal.graph;

import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/** How the shape of an operator's output follows from its inputs' shapes, all of known rank. */
@Immutable
@FunctionalInterface
interface ShapeRule {
  /** The first output is like the first input. */
  ShapeRule LIKE_THE_FIRST =
      (shapes, node, output) -> output == 0 ? Optional.of(node.input(0).shape()) : Optional.empty();

  /** The inputs are broadcast. */
  ShapeRule BROADCAST =
      (shapes, node, output) -> node.inputs().stream().map(Value::shape).reduce(Shape::broadcast);

  /** Nothing follows beyond what ONNX Runtime infers. */
  ShapeRule UNKNOWN = (shapes, node, output) -> Optional.empty();

  /** Returns the shape of output {@code output} of {@code node}; empty if it is not known. */
  Optional<Shape> of(ShapeInference shapes, Node node, int output);
}
