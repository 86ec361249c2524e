package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.riselm.onnx.internal.runtime.ElementType;

/** Operators that pick elements by index, and put them. */
interface IndexingOps extends ShapeOps {
  /** The slices of x along {@code axis} that {@code indices} name. */
  default Value gather(Value x, Value indices, int axis) {
    int a = x.shape().axis(axis);
    List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, a));
    dims.addAll(indices.shape().dims());
    dims.addAll(x.shape().dims().subList(a + 1, x.shape().rank()));
    return node(
        ONNX,
        "Gather",
        List.of(x, indices),
        Map.of("axis", new Attribute.Int(a)),
        NodeSink.of(x.type(), new Shape(dims)));
  }

  /** The rows of x [rows, columns] that {@code rows} names, in the shape of its indices. */
  default Value gatherUnique(Value x, UniqueRows rows) {
    graph().remember(rows);
    return gather(x, rows.indices(), 0);
  }

  /** Where x [n] is true, int64 [{@code count}], from the front. */
  default Value whereTrue(Value x, Dim count) {
    return squeeze(nonZero(x, count), 0);
  }

  /** Slices {@code from}, inclusive, to {@code to}, exclusive, of the first axis of x. */
  default Value rows(Value x, long from, long to) {
    Value start = graph().constant(new long[] {from}, 1);
    Value end = graph().constant(new long[] {to}, 1);
    return rows(x, start, end, graph().constant(new long[] {1}, 1), Dim.of(to - from));
  }

  /**
   * Slices of the first axis of x, as ONNX's Slice counts.
   *
   * @param from int64 [1], inclusive
   * @param to int64 [1], exclusive
   * @param step int64 [1]
   * @param count how many these are
   */
  default Value rows(Value x, Value from, Value to, Value step, Dim count) {
    Value first = graph().constant(new long[] {0}, 1);
    return node(
        ONNX,
        "Slice",
        List.of(x, from, to, first, step),
        Map.of(),
        NodeSink.of(x.type(), x.shape().with(0, count)));
  }

  /** x[i][indices[i][j]] for axis 1, and so on for others. */
  default Value gatherElements(Value x, Value indices, int axis) {
    return node(
        ONNX,
        "GatherElements",
        List.of(x, indices),
        Map.of("axis", new Attribute.Int(x.shape().axis(axis))),
        NodeSink.of(x.type(), indices.shape()));
  }

  /**
   * x with {@code updates} added at {@code indices} along {@code axis}, repeated indices summed.
   *
   * <p>Not {@code ScatterND}, whose sums are silently wrong under two threads in ONNX Runtime 1.24.
   */
  default Value scatterAdd(Value x, Value indices, Value updates, int axis) {
    return node(
        ONNX,
        "ScatterElements",
        List.of(x, indices, updates),
        Map.of(
            "axis", new Attribute.Int(x.shape().axis(axis)),
            "reduction", new Attribute.Text("add")),
        NodeSink.like(x));
  }

  /**
   * x with row {@code indices[i]} replaced by {@code updates[i]}.
   *
   * @param indices int64 [n], no two equal
   * @param updates [n, columns]
   */
  default Value putRows(Value x, Value indices, Value updates) {
    List<Value> inputs = List.of(x, unsqueeze(indices, 1), updates);
    return node(ONNX, "ScatterND", inputs, Map.of(), NodeSink.like(x));
  }

  /**
   * A tensor of zeros in the shape that {@code target}, int64 [rank], holds when the graph runs.
   */
  default Value zeros(Value target, Shape shape) {
    return node(
        ONNX, "ConstantOfShape", List.of(target), Map.of(), NodeSink.of(ElementType.FLOAT, shape));
  }

  /** 0, 1, …, {@code limit} − 1, where {@code limit} is an int64 scalar. */
  default Value range(Value limit, Dim size) {
    Value zero = graph().constant(new long[] {0});
    Value one = graph().constant(new long[] {1});
    return node(
        ONNX,
        "Range",
        List.of(zero, limit, one),
        Map.of(),
        NodeSink.of(ElementType.INT64, Shape.of(size)));
  }

  /** The {@code k} largest of each row of x [n, m], the largest first: [n, k]. */
  default Value largest(Value x, long k) {
    Shape shape = x.shape().with(-1, Dim.of(k));
    return graph()
        .add(
            ONNX,
            "TopK",
            List.of(x, graph().constant(new long[] {k}, 1)),
            Map.of("axis", new Attribute.Int(-1)),
            List.of(NodeSink.of(x.type(), shape), NodeSink.of(ElementType.INT64, shape)))
        .get(0);
  }

  /** The indices of what is true in x, int64 [rank, {@code count}]. */
  default Value nonZero(Value x, Dim count) {
    Shape shape = Shape.of(Dim.of(x.shape().rank()), count);
    return node(ONNX, "NonZero", List.of(x), Map.of(), NodeSink.of(ElementType.INT64, shape));
  }

  /** x as a matrix: all axes but the last become one. */
  default Value flattenRows(Value x) {
    if (x.shape().rank() == 2) {
      return x;
    }
    Dim rows = Dim.of(1);
    for (Dim d : x.shape().dims().subList(0, x.shape().rank() - 1)) {
      rows = rows.times(d);
    }
    Dim columns = x.shape().dim(-1);
    if (columns instanceof Dim.Fixed f) {
      return reshape(x, new long[] {-1, f.size()}, rows);
    }
    Value left = graph().constant(new long[] {-1}, 1);
    Value target = concat(List.of(left, sizes(x, -1)), 0, Dim.of(2));
    return reshape(x, target, Shape.of(rows, columns));
  }

  /** Dimension {@code axis} of x, an int64 scalar. */
  default Value sizeOf(Value x, int axis) {
    return gather(shapeOf(x), graph().constant(new long[] {x.shape().axis(axis)}), 0);
  }

  /** Dimensions {@code axes} of x, int64 [as many]. */
  default Value sizes(Value x, int... axes) {
    long[] places = IntStream.of(axes).mapToLong(a -> x.shape().axis(a)).toArray();
    return gather(shapeOf(x), graph().constant(places, places.length), 0);
  }

  /** The product of the dimensions from {@code from} on and before {@code to}, int64 [1]. */
  default Value productOfSizes(Value x, int from, int to) {
    Value product = graph().constant(new long[] {1}, 1);
    for (int axis = from; axis < to; axis++) {
      product = mul(product, sizes(x, axis));
    }
    return product;
  }
}
