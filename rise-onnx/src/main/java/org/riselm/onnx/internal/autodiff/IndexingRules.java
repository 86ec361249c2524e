package org.riselm.onnx.internal.autodiff;

import java.util.List;
import java.util.Optional;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.UniqueRows;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * Rules of operators that pick slices or elements: the gradient is put back where they came from,
 * and summed where one was picked twice.
 */
final class IndexingRules {
  private IndexingRules() {}

  static List<Value> gather(Backward b) {
    Ops ops = b.ops();
    Value x = b.x(0);
    if (b.node().intAttribute("axis", 0) != 0 || x.shape().rank() != 2) {
      return ShapeRules.onlyFirst(b, gatherAlong(b, (int) b.node().intAttribute("axis", 0)));
    }
    Optional<UniqueRows> known = ops.graph().uniqueRows(b.x(1));
    if (known.isPresent()) {
      return ShapeRules.onlyFirst(b, putBack(b, known.get()));
    }
    Value rows = b.x(1).shape().rank() == 0 ? ops.unsqueeze(b.dy(), 0) : ops.flattenRows(b.dy());
    Dim count = rows.shape().dim(0);
    Value picks = ops.as(b.x(1), ElementType.INT64);
    Value index = ops.reshape(picks, new long[] {-1, 1}, count);
    Value indices = ops.expand(index, ops.shapeOf(rows), Shape.of(count, rows.shape().dim(1)));
    Value found = b.taken(0);
    Value before = found.isAbsent() ? ops.zeros(ops.shapeOf(x), x.shape()) : found;
    // Summed in fp32, whatever is computed in.
    Value wide = ops.as(before, ElementType.FLOAT);
    Value sum = ops.scatterAdd(wide, indices, ops.as(rows, ElementType.FLOAT), 0);
    return ShapeRules.onlyFirst(b, ops.as(sum, x.type()));
  }

  // Nothing is summed.
  private static Value putBack(Backward b, UniqueRows picks) {
    Ops ops = b.ops();
    Value rows = ops.flattenRows(b.dy());
    if (!picks.back().isAbsent()) {
      return ops.gather(rows, picks.back(), 0);
    }
    // In fp32, for which every device has the kernel.
    Value zeros = ops.zeros(ops.shapeOf(b.x(0)), b.x(0).shape());
    Value all = ops.putRows(zeros, picks.indices(), ops.as(rows, ElementType.FLOAT));
    return ops.as(all, b.x(0).type());
  }

  // As a tensor [before, size, behind] from which [before, picked, behind] were picked.
  private static Value gatherAlong(Backward b, int axis) {
    Ops ops = b.ops();
    Value x = b.x(0);
    int at = x.shape().axis(axis);
    Dim before = product(x.shape(), 0, at);
    Dim behind = product(x.shape(), at + 1, x.shape().rank());
    Dim size = x.shape().dim(at);
    Dim picked = product(b.x(1).shape(), 0, b.x(1).shape().rank());
    Value index = ops.reshape(ops.as(b.x(1), ElementType.INT64), new long[] {1, -1, 1}, picked);
    Shape whole = Shape.of(before, size, behind);
    Value sizes = sizes(ops, x, at, ops.sizes(x, at));
    Shape part = Shape.of(before, picked, behind);
    Value updates = ops.reshape(b.dy(), sizes(ops, x, at, ops.sizes(index, 1)), part);
    Value indices = ops.expand(index, ops.shapeOf(updates), part);
    Value sum = ops.scatterAdd(ops.zeros(sizes, whole), indices, updates, 1);
    return ops.reshape(sum, ops.shapeOf(x), x.shape());
  }

  /** The sizes of x as [before, middle, behind]. */
  private static Value sizes(Ops ops, Value x, int at, Value middle) {
    return ops.concat(
        List.of(
            ops.productOfSizes(x, 0, at), middle, ops.productOfSizes(x, at + 1, x.shape().rank())),
        0,
        Dim.of(3));
  }

  private static Dim product(Shape shape, int from, int to) {
    return shape.dims().subList(from, to).stream().reduce(Dim.of(1), Dim::times);
  }

  static List<Value> gatherElements(Backward b) {
    Ops ops = b.ops();
    Value x = b.x(0);
    int axis = (int) b.node().intAttribute("axis", 0);
    Value zeros = ops.zeros(ops.shapeOf(x), x.shape());
    return ShapeRules.onlyFirst(b, ops.scatterAdd(zeros, b.x(1), b.dy(), axis));
  }
}
