package org.riselm.onnx.internal.autodiff;

import java.util.List;
import org.riselm.onnx.internal.graph.Value;

/** How gradients go backwards through one operator. */
@FunctionalInterface
interface GradientRule {
  /**
   * Adds the nodes that compute the gradients of a node's inputs.
   *
   * @return one value per input, of the input's shape; {@link Value#ABSENT} where there is none
   */
  List<Value> apply(Backward backward);
}
