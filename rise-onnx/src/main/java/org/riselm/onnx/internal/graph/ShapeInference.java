package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Follows shapes through a graph that was read from a file further than ONNX Runtime does: which
 * sizes are the same, though nobody knows them yet, and what is computed from them. What it does
 * not follow stays as it was inferred; it never guesses.
 */
final class ShapeInference {
  private final Graph graph;
  private final ShapeContents contents;

  ShapeInference(Graph graph) {
    this.graph = graph;
    this.contents = new ShapeContents(graph);
  }

  /**
   * {@code node} with what is known of its outputs' shapes.
   *
   * @throws IllegalArgumentException if its inputs do not fit each other
   */
  Node inferred(Node node) {
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      Value output = node.output(i);
      Optional<Shape> shape = output.isAbsent() ? Optional.empty() : shape(node, i);
      outputs.add(shape.map(s -> output.as(merged(s, output.shape()))).orElse(output));
    }
    Node known =
        new Node(
            node.name(),
            node.domain(),
            node.operator(),
            node.inputs(),
            outputs,
            node.attributes(),
            node.captured());
    contents.follow(known);
    return known;
  }

  /** What {@code node} puts out, if it is whole numbers that are all known before a run. */
  Optional<long[]> numbers(Node node) {
    return node.outputs().size() == 1 ? contents.numbers(node.output(0)) : Optional.empty();
  }

  /** The sizes that one of them knows, and the names of {@code own} for others. */
  private static Shape merged(Shape own, Shape inferred) {
    if (!inferred.isRanked()) {
      return own;
    }
    if (!own.fits(inferred)) {
      throw new IllegalArgumentException(own + " where ONNX Runtime infers " + inferred);
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < own.rank(); i++) {
      dims.add(
          own.dim(i) instanceof Dim.Unknown ? better(own.dim(i), inferred.dim(i)) : own.dim(i));
    }
    return new Shape(dims);
  }

  private static Dim better(Dim unknown, Dim other) {
    return other instanceof Dim.Fixed ? other : unknown;
  }

  private Optional<Shape> shape(Node node, int output) {
    boolean ranked =
        node.inputs().stream().filter(v -> !v.isAbsent()).allMatch(v -> v.shape().isRanked());
    if (!ranked || node.inputs().isEmpty() || !OnnxFile.isKnownDomain(node.domain())) {
      return Optional.empty();
    }
    return Operator.inAnyDomain(node).flatMap(o -> o.shape().of(this, node, output));
  }

  Optional<Shape> product(Node node, int output) {
    Shape a = node.input(0).shape();
    Shape b = node.input(1).shape();
    boolean batchesTurned =
        node.intAttribute("transBatchA", 0) != 0 || node.intAttribute("transBatchB", 0) != 0;
    if (a.rank() < 2 || b.rank() < 2 || batchesTurned) {
      return Optional.empty();
    }
    Shape batch =
        new Shape(a.dims().subList(0, a.rank() - 2))
            .broadcast(new Shape(b.dims().subList(0, b.rank() - 2)));
    List<Dim> dims = new ArrayList<>(batch.dims());
    dims.add(a.dim(node.intAttribute("transA", 0) != 0 ? -1 : -2));
    dims.add(b.dim(node.intAttribute("transB", 0) != 0 ? -2 : -1));
    return Optional.of(new Shape(dims));
  }

  Optional<Shape> transposed(Node node, int output) {
    Shape x = node.input(0).shape();
    List<Long> reversed = LongStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).boxed().toList();
    return Optional.of(
        new Shape(
            node.intsAttribute("perm", reversed).stream().map(p -> x.dim(p.intValue())).toList()));
  }

  private Optional<List<Integer>> axes(Node node, int input) {
    return graph
        .constantLongs(node.input(input))
        .map(axes -> LongStream.of(axes).mapToInt(Math::toIntExact).boxed().toList());
  }

  Optional<Shape> unsqueezed(Node node, int output) {
    return axes(node, 1).map(axes -> unsqueezed(node.input(0).shape(), axes));
  }

  private static Shape unsqueezed(Shape x, List<Integer> axes) {
    int rank = x.rank() + axes.size();
    Set<Integer> inserted = new LinkedHashSet<>();
    axes.forEach(a -> inserted.add(a < 0 ? a + rank : a));
    List<Dim> dims = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      dims.add(inserted.contains(i) ? Dim.of(1) : x.dim(next++));
    }
    return new Shape(dims);
  }

  Optional<Shape> squeezed(Node node, int output) {
    Shape x = node.input(0).shape();
    return axes(node, 1)
        .map(axes -> axes.stream().map(x::axis).toList())
        .map(
            removed ->
                new Shape(
                    IntStream.range(0, x.rank())
                        .filter(i -> !removed.contains(i))
                        .mapToObj(x::dim)
                        .toList()));
  }

  Optional<Shape> expanded(Node node, int output) {
    return contents.of(node.input(1)).map(t -> node.input(0).shape().broadcast(sizes(node, t)));
  }

  Optional<Shape> filled(Node node, int output) {
    return contents.of(node.input(0)).map(t -> sizes(node, t));
  }

  Optional<Shape> likeTheSecond(Node node, int output) {
    return Optional.of(node.input(1).shape());
  }

  private Shape sizes(Node node, List<ShapeContents.Entry> entries) {
    List<Dim> dims = new ArrayList<>();
    for (ShapeContents.Entry e : entries) {
      dims.add(e.size().orElse(GraphReader.open(node.output(0).name(), dims.size())));
    }
    return new Shape(dims);
  }

  Optional<Shape> reshaped(Node node, int output) {
    return contents.of(node.input(1)).map(t -> reshaped(node, node.input(0).shape(), t));
  }

  private static Shape reshaped(Node node, Shape x, List<ShapeContents.Entry> target) {
    boolean zeroKeeps = node.intAttribute("allowzero", 0) == 0;
    List<Dim> dims = new ArrayList<>();
    int left = -1;
    for (int i = 0; i < target.size(); i++) {
      ShapeContents.Entry e = target.get(i);
      if (zeroKeeps && e.is(0)) {
        dims.add(x.dim(i));
      } else {
        left = e.is(-1) ? i : left;
        dims.add(e.size().orElse(GraphReader.open(node.output(0).name(), i)));
      }
    }
    if (left >= 0) {
      dims.set(left, left(x.dims(), dims, left));
    }
    return new Shape(dims);
  }

  /** What −1 stands for at {@code place}: what of {@code from} the other dimensions leave. */
  private static Dim left(List<Dim> from, List<Dim> to, int place) {
    List<Dim> open = new ArrayList<>(from);
    List<Dim> taken = new ArrayList<>(to);
    taken.remove(place);
    for (Dim d : List.copyOf(taken)) {
      if (open.remove(d)) {
        taken.remove(d);
      }
    }
    long all = 1;
    long gone = 1;
    List<Dim> names = new ArrayList<>();
    for (Dim d : open) {
      if (d instanceof Dim.Fixed f) {
        all *= f.size();
      } else {
        names.add(d);
      }
    }
    for (Dim d : taken) {
      if (!(d instanceof Dim.Fixed f) || f.size() == 0) {
        return to.get(place);
      }
      gone *= f.size();
    }
    if (all == 0 || all % gone != 0) {
      return to.get(place);
    }
    Dim product = Dim.of(all / gone);
    for (Dim d : names) {
      product = product.times(d);
    }
    return product;
  }

  Optional<Shape> concatenated(Node node, int output) {
    Shape x = node.input(0).shape();
    int axis = x.axis((int) node.intAttribute("axis", 0));
    Shape result = x;
    long fixed = 0;
    List<Dim> open = new ArrayList<>();
    for (Value part : node.inputs()) {
      for (int i = 0; i < x.rank(); i++) {
        if (i != axis) {
          result = result.with(i, better(result.dim(i), part.shape().dim(i)));
        }
      }
      if (part.shape().dim(axis) instanceof Dim.Fixed f) {
        fixed += f.size();
      } else {
        open.add(part.shape().dim(axis));
      }
    }
    Dim total = GraphReader.open(node.output(0).name(), axis);
    if (open.isEmpty()) {
      total = Dim.of(fixed);
    } else if (open.size() == 1 && fixed == 0) {
      total = open.get(0); // Behind something empty, a cache for example.
    }
    return Optional.of(result.with(axis, total));
  }

  Optional<Shape> gathered(Node node, int output) {
    Shape x = node.input(0).shape();
    int axis = x.axis((int) node.intAttribute("axis", 0));
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, axis));
    dims.addAll(node.input(1).shape().dims());
    dims.addAll(x.dims().subList(axis + 1, x.rank()));
    return Optional.of(new Shape(dims));
  }

  Optional<Shape> reduced(Node node, int output) {
    Shape x = node.input(0).shape();
    List<Long> all = LongStream.range(0, x.rank()).boxed().toList();
    Optional<List<Integer>> axes =
        node.input(1).isAbsent()
            ? Optional.of(node.intsAttribute("axes", all).stream().map(Long::intValue).toList())
            : axes(node, 1);
    boolean none = node.intAttribute("noop_with_empty_axes", 0) != 0;
    boolean kept = node.intAttribute("keepdims", 1) != 0;
    if (axes.isEmpty() || axes.get().isEmpty() || (none && node.input(1).isAbsent())) {
      return Optional.empty();
    }
    List<Integer> gone = axes.get().stream().map(x::axis).toList();
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      if (!gone.contains(i)) {
        dims.add(x.dim(i));
      } else if (kept) {
        dims.add(Dim.of(1));
      }
    }
    return Optional.of(new Shape(dims));
  }

  Optional<Shape> part(Node node, int output) {
    Shape x = node.input(0).shape();
    int axis = x.axis((int) node.intAttribute("axis", 0));
    Optional<long[]> sizes = graph.constantLongs(node.input(1));
    if (sizes.isPresent()) {
      return Optional.of(x.with(axis, Dim.of(sizes.get()[output])));
    }
    if (node.input(1).isAbsent() && x.dim(axis) instanceof Dim.Fixed f) {
      long parts = node.intAttribute("num_outputs", node.outputs().size());
      long size = (f.size() + parts - 1) / parts;
      return Optional.of(x.with(axis, Dim.of(Math.min(size, f.size() - output * size))));
    }
    return Optional.of(x.with(axis, GraphReader.open(node.output(output).name(), axis)));
  }

  Optional<Shape> sliced(Node node, int output) {
    Optional<long[]> starts = graph.constantLongs(node.input(1));
    Optional<long[]> ends = graph.constantLongs(node.input(2));
    Optional<long[]> axes = graph.constantLongs(node.input(3));
    Optional<long[]> steps = graph.constantLongs(node.input(4));
    Shape x = node.input(0).shape();
    Shape result = x;
    if (axes.isEmpty()) {
      return Optional.empty();
    }
    for (int i = 0; i < axes.get().length; i++) {
      int axis = x.axis((int) axes.get()[i]);
      boolean byOne = node.input(4).isAbsent() || (steps.isPresent() && steps.get()[i] == 1);
      Dim size = GraphReader.open(node.output(0).name(), axis);
      if (starts.isPresent() && ends.isPresent() && byOne && x.dim(axis) instanceof Dim.Fixed f) {
        long from = within(starts.get()[i], f.size());
        size = Dim.of(Math.max(0, within(ends.get()[i], f.size()) - from));
      }
      result = result.with(axis, size);
    }
    return Optional.of(result);
  }

  /** {@code place} counted from the front of {@code size}, as Slice does it. */
  static long within(long place, long size) {
    long fromFront = place < 0 ? place + size : place;
    return Math.max(0, Math.min(size, fromFront));
  }
}
