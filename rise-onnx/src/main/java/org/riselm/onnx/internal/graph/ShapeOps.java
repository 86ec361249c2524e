package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.internal.runtime.ElementType;

/** Operators that change shapes, and those that tell of them. */
interface ShapeOps extends ElementwiseOps {
  /**
   * x in another shape.
   *
   * @param sizes ONNX's: 0 keeps the dimension at that place, one −1 takes what is left
   * @param left what is known of the dimension that −1 stands for
   */
  default Value reshape(Value x, long[] sizes, Dim left) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      dims.add(sizes[i] == 0 ? x.shape().dim(i) : sizes[i] == -1 ? left : Dim.of(sizes[i]));
    }
    Value target = graph().constant(sizes, sizes.length);
    return node(
        ONNX, "Reshape", List.of(x, target), Map.of(), NodeSink.of(x.type(), new Shape(dims)));
  }

  /**
   * x where it is, as something that no node can use before {@code first} is computed. ONNX Runtime
   * runs what needs nothing early and keeps one of two equal nodes; this way a frozen parameter is
   * cast when its product is due, once for every product.
   *
   * @param first whose first dimension is open, so that nobody can compute it away
   */
  default Value after(Value x, Value first) {
    if (first.shape().dim(0) instanceof Dim.Fixed) {
      throw new IllegalArgumentException("the first dimension of " + first + " must be open");
    }
    // Of a flat view, whose size is in nobody's knowledge: shapes that are known to be equal are
    // asked of whatever has them earliest.
    Dim all = first.shape().dims().stream().reduce(Dim.of(1), Dim::times);
    Value size = shapeOf(reshape(first, new long[] {-1}, all));
    // Zeros, which keep every dimension. ONNX Runtime sees through size · 0, and Concat.
    int rank = x.shape().rank();
    Value target = binary("Min", size, graph().constant(new long[rank], rank));
    return reshape(x, target, x.shape());
  }

  /** x in the shape that {@code target}, int64 [rank], holds when the graph runs. */
  default Value reshape(Value x, Value target, Shape shape) {
    return node(ONNX, "Reshape", List.of(x, target), Map.of(), NodeSink.of(x.type(), shape));
  }

  /** The shape of x, int64 [rank]. */
  default Value shapeOf(Value x) {
    return node(
        ONNX,
        "Shape",
        List.of(x),
        Map.of(),
        NodeSink.of(ElementType.INT64, Shape.of(x.shape().rank())));
  }

  /** x with its axes in the order {@code permutation}. */
  default Value transpose(Value x, int... permutation) {
    List<Dim> dims = new ArrayList<>();
    List<Long> perm = new ArrayList<>();
    for (int p : permutation) {
      dims.add(x.shape().dim(p));
      perm.add((long) p);
    }
    if (permutation.length != x.shape().rank() || Set.copyOf(perm).size() != perm.size()) {
      throw new IllegalArgumentException(perm + " does not order the axes of " + x);
    }
    return node(
        ONNX,
        "Transpose",
        List.of(x),
        Map.of("perm", new Attribute.Ints(perm)),
        NodeSink.of(x.type(), new Shape(dims)));
  }

  /** x with axes of size 1 inserted, so that they stand at {@code axes} of the result. */
  default Value unsqueeze(Value x, int... axes) {
    int rank = x.shape().rank() + axes.length;
    Set<Integer> inserted = NodeSink.normalized(axes, rank);
    List<Dim> dims = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      dims.add(inserted.contains(i) ? Dim.of(1) : x.shape().dim(next++));
    }
    return node(
        ONNX,
        "Unsqueeze",
        List.of(x, ints(inserted)),
        Map.of(),
        NodeSink.of(x.type(), new Shape(dims)));
  }

  /** x without {@code axes}, which have size 1. */
  default Value squeeze(Value x, int... axes) {
    Set<Integer> removed = NodeSink.normalized(axes, x.shape().rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < x.shape().rank(); i++) {
      if (!removed.contains(i)) {
        dims.add(x.shape().dim(i));
      } else if (!x.shape().dim(i).isOne()) {
        throw new IllegalArgumentException("axis " + i + " of " + x + " is not of size 1");
      }
    }
    return node(
        ONNX,
        "Squeeze",
        List.of(x, ints(removed)),
        Map.of(),
        NodeSink.of(x.type(), new Shape(dims)));
  }

  /** x stretched to the shape that {@code target}, int64 [rank], holds when the graph runs. */
  default Value expand(Value x, Value target, Shape shape) {
    return node(ONNX, "Expand", List.of(x, target), Map.of(), NodeSink.of(x.type(), shape));
  }

  /** The parts, one behind the other along {@code axis}; {@code total} is their size together. */
  default Value concat(List<Value> parts, int axis, Dim total) {
    Value first = parts.get(0);
    return node(
        ONNX,
        "Concat",
        parts,
        Map.of("axis", new Attribute.Int(first.shape().axis(axis))),
        NodeSink.of(first.type(), first.shape().with(axis, total)));
  }

  /** x cut along {@code axis} into parts of these sizes. */
  default List<Value> split(Value x, int axis, long... sizes) {
    List<Dim> dims = Arrays.stream(sizes).mapToObj(Dim::of).toList();
    return split(x, axis, graph().constant(sizes, sizes.length), dims);
  }

  /** x cut along {@code axis} into parts of the sizes that int64 [parts] holds in a run. */
  default List<Value> split(Value x, int axis, Value sizes, List<Dim> dims) {
    List<Value> outs =
        dims.stream().map(d -> NodeSink.of(x.type(), x.shape().with(axis, d))).toList();
    return graph()
        .add(
            ONNX,
            "Split",
            List.of(x, sizes),
            Map.of("axis", new Attribute.Int(x.shape().axis(axis))),
            outs);
  }

  /** x with zeros around it, along each axis so many before and behind. */
  default Value pad(Value x, long[] before, long[] behind) {
    List<Dim> dims = new ArrayList<>();
    long[] pads = Arrays.copyOf(before, 2 * before.length);
    for (int i = 0; i < before.length; i++) {
      long added = before[i] + behind[i];
      pads[before.length + i] = behind[i];
      Dim d = x.shape().dim(i);
      if (added != 0 && !(d instanceof Dim.Fixed)) {
        throw new IllegalArgumentException("axis " + i + " of " + x + " must be fixed");
      }
      dims.add(d instanceof Dim.Fixed f ? Dim.of(f.size() + added) : d);
    }
    Value amounts = graph().constant(pads, pads.length);
    return node(ONNX, "Pad", List.of(x, amounts), Map.of(), NodeSink.of(x.type(), new Shape(dims)));
  }
}
