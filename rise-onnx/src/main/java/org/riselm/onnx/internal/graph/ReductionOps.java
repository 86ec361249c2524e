package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.internal.runtime.ElementType;

/** Sums, means and what else goes over axes. */
interface ReductionOps extends IndexingOps {
  /** The sums over {@code axes}, which stay with size 1 if {@code keep}. */
  default Value reduceSum(Value x, boolean keep, int... axes) {
    Set<Integer> reduced = NodeSink.normalized(axes, x.shape().rank());
    return node(
        ONNX,
        "ReduceSum",
        List.of(x, ints(reduced)),
        Map.of("keepdims", new Attribute.Int(keep ? 1 : 0)),
        NodeSink.of(x.type(), reduced(x.shape(), reduced, keep)));
  }

  /**
   * The sums over the axes along which x is of another size than {@code target} says, int64 [rank],
   * which is 1 there: for shapes that only the run knows.
   *
   * @param shape of the result
   */
  default Value reduceSumTo(Value x, Value target, Shape shape) {
    Value same =
        node(
            ONNX,
            "Equal",
            List.of(shapeOf(x), target),
            Map.of(),
            NodeSink.of(ElementType.BOOL, Shape.of(x.shape().rank())));
    Value larger = node(ONNX, "Not", List.of(same), Map.of(), NodeSink.like(same));
    Value found = nonZero(larger, new Dim.Unknown(larger.name() + "#count"));
    Map<String, Attribute> attributes =
        Map.of("keepdims", new Attribute.Int(1), "noop_with_empty_axes", new Attribute.Int(1));
    return node(
        ONNX, "ReduceSum", List.of(x, squeeze(found, 0)), attributes, NodeSink.of(x.type(), shape));
  }

  /** The means over {@code axes}, which stay with size 1 if {@code keep}. */
  default Value reduceMean(Value x, boolean keep, int... axes) {
    return reduce("ReduceMean", x, keep, axes);
  }

  /** The largest over {@code axes}, which stay with size 1 if {@code keep}. */
  default Value reduceMax(Value x, boolean keep, int... axes) {
    return reduce("ReduceMax", x, keep, axes);
  }

  /**
   * The sums of x along {@code axis} up to each place.
   *
   * @param without whether a place's own number is left out of its sum
   */
  default Value runningSum(Value x, int axis, boolean without) {
    return node(
        ONNX,
        "CumSum",
        List.of(x, graph().constant(new long[] {x.shape().axis(axis)})),
        Map.of("exclusive", new Attribute.Int(without ? 1 : 0)),
        NodeSink.like(x));
  }

  // Axes are an attribute in opset 17, but for ReduceSum, and an input from opset 18 on.
  private Value reduce(String operator, Value x, boolean keep, int... axes) {
    Set<Integer> reduced = NodeSink.normalized(axes, x.shape().rank());
    Value out = NodeSink.of(x.type(), reduced(x.shape(), reduced, keep));
    Attribute kept = new Attribute.Int(keep ? 1 : 0);
    if (graph().opset() > Graph.OPSET) {
      return node(ONNX, operator, List.of(x, ints(reduced)), Map.of("keepdims", kept), out);
    }
    Attribute list = new Attribute.Ints(reduced.stream().map(Integer::longValue).toList());
    return node(ONNX, operator, List.of(x), Map.of("keepdims", kept, "axes", list), out);
  }

  /** eˣ over the sum of eˣ along the last axis. */
  default Value softmax(Value x) {
    return node(
        ONNX, "Softmax", List.of(x), Map.of("axis", new Attribute.Int(-1)), NodeSink.like(x));
  }

  /** The logarithm of {@link #softmax}. */
  default Value logSoftmax(Value x) {
    return node(
        ONNX, "LogSoftmax", List.of(x), Map.of("axis", new Attribute.Int(-1)), NodeSink.like(x));
  }

  private static Shape reduced(Shape shape, Set<Integer> axes, boolean keep) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      if (!axes.contains(i)) {
        dims.add(shape.dim(i));
      } else if (keep) {
        dims.add(Dim.of(1));
      }
    }
    return new Shape(dims);
  }
}
