package org.riselm.onnx.autodiff;

import java.util.List;
import org.riselm.onnx.graph.Dim;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Shape;
import org.riselm.onnx.graph.Value;
import org.riselm.onnx.runtime.ElementType;

/**
 * Rules of operators that pick slices or elements: the gradient is put back where they came from,
 * and summed where one was picked twice.
 */
final class PickingRules {
  private PickingRules() {}

  static List<Value> gather(Backward b) {
    Ops ops = b.ops();
    Value x = b.x(0);
    if (b.node().intAttribute("axis", 0) != 0 || x.shape().rank() != 2) {
      throw new MissingGradientException(
          b.refusal("has a rule for rows of matrices only, not for shape " + x.shape()));
    }
    Value rows = b.x(1).shape().rank() == 0 ? ops.unsqueeze(b.dy(), 0) : ops.flattenRows(b.dy());
    Dim count = rows.shape().dim(0);
    Value index = ops.reshape(b.x(1), new long[] {-1, 1}, count);
    Value indices = ops.expand(index, ops.shapeOf(rows), Shape.of(count, rows.shape().dim(1)));
    Value found = b.taken(0);
    Value before = found.isAbsent() ? ops.zeros(ops.shapeOf(x), x.shape()) : found;
    // Summed in fp32, whatever is computed in.
    Value wide = ops.as(before, ElementType.FLOAT);
    Value sum = ops.scatterAdd(wide, indices, ops.as(rows, ElementType.FLOAT), 0);
    return ShapeRules.onlyFirst(b, ops.as(sum, x.type()));
  }

  static List<Value> gatherElements(Backward b) {
    Ops ops = b.ops();
    Value x = b.x(0);
    int axis = (int) b.node().intAttribute("axis", 0);
    Value zeros = ops.zeros(ops.shapeOf(x), x.shape());
    return ShapeRules.onlyFirst(b, ops.scatterAdd(zeros, b.x(1), b.dy(), axis));
  }
}
