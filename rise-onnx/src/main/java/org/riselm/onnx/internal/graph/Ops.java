package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * Adds operators to a graph, one method each. Types and shapes are checked and inferred here, so a
 * mistake shows at the line that makes it and not when the graph is loaded.
 */
public final class Ops {
  private static final String ONNX = "";
  private static final String CONTRIB = "com.microsoft";

  private final Graph graph;
  private final boolean standard;

  /** Adds to {@code graph}. */
  public Ops(Graph graph) {
    this(graph, false);
  }

  private Ops(Graph graph, boolean standard) {
    this.graph = graph;
    this.standard = standard;
  }

  /**
   * Adds to {@code graph}, and only operators of ONNX itself: what is one operator of ONNX Runtime
   * becomes several, which every other runtime has too. Attention and rotation have no such form
   * here.
   */
  public static Ops standard(Graph graph) {
    return new Ops(graph, true);
  }

  /** The graph that nodes are added to. */
  public Graph graph() {
    return graph;
  }

  // ---- Element by element ----

  /** a + b, broadcast. */
  public Value add(Value a, Value b) {
    return binary("Add", a, b);
  }

  /** a − b, broadcast. */
  public Value sub(Value a, Value b) {
    return binary("Sub", a, b);
  }

  /** a · b, broadcast. */
  public Value mul(Value a, Value b) {
    return binary("Mul", a, b);
  }

  /** a / b, broadcast. */
  public Value div(Value a, Value b) {
    return binary("Div", a, b);
  }

  /** −x. */
  public Value neg(Value x) {
    return unary("Neg", x);
  }

  /** eˣ. */
  public Value exp(Value x) {
    return unary("Exp", x);
  }

  /** The natural logarithm. */
  public Value log(Value x) {
    return unary("Log", x);
  }

  /** x to the power of {@code exponent}. */
  public Value pow(Value x, float exponent) {
    return binary("Pow", x, graph.constant(exponent));
  }

  /** √x. */
  public Value sqrt(Value x) {
    return unary("Sqrt", x);
  }

  /** 1 / (1 + e⁻ˣ). */
  public Value sigmoid(Value x) {
    return unary("Sigmoid", x);
  }

  /** The hyperbolic tangent. */
  public Value tanh(Value x) {
    return unary("Tanh", x);
  }

  /** The error function, 2/√π times the integral of e^(−t²) from 0 to x. */
  public Value erf(Value x) {
    return unary("Erf", x);
  }

  /** The cosine. */
  public Value cos(Value x) {
    return unary("Cos", x);
  }

  /** The sine. */
  public Value sin(Value x) {
    return unary("Sin", x);
  }

  /** x · sigmoid(x), the activation of Llama's feed-forward layers. */
  public Value silu(Value x) {
    if (standard) {
      return mul(x, sigmoid(x));
    }
    return node(CONTRIB, "QuickGelu", List.of(x), Map.of("alpha", new Attribute.Real(1)), like(x));
  }

  /** The larger of a and b, broadcast. */
  public Value max(Value a, Value b) {
    return binary("Max", a, b);
  }

  /** Where {@code condition} holds, a, else b; broadcast. */
  public Value where(Value condition, Value a, Value b) {
    Shape shape = condition.shape().broadcast(a.shape().broadcast(b.shape()));
    return node(ONNX, "Where", List.of(condition, a, b), Map.of(), of(a.type(), shape));
  }

  /** Whether a ≥ b, broadcast. */
  public Value greaterOrEqual(Value a, Value b) {
    Shape shape = a.shape().broadcast(b.shape());
    return node(ONNX, "GreaterOrEqual", List.of(a, b), Map.of(), of(ElementType.BOOL, shape));
  }

  /** x as {@code type}. */
  public Value cast(Value x, ElementType type) {
    return node(
        ONNX,
        "Cast",
        List.of(x),
        Map.of("to", new Attribute.Int(type.code())),
        of(type, x.shape()));
  }

  /** x as {@code type}; x itself if it is that already. */
  public Value as(Value x, ElementType type) {
    return x.type() == type ? x : cast(x, type);
  }

  /** x, under the name {@code name}. */
  public Value identity(Value x, String name) {
    return node(ONNX, "Identity", List.of(x), Map.of(), new Value(name, x.type(), x.shape()));
  }

  /**
   * x with a share of its elements at random 0 and the others larger by as much (inverted dropout).
   *
   * @param ratio the share, in [0, 1)
   * @param seed of the mask; a session draws a new one in every run
   */
  public Value dropout(Value x, float ratio, long seed) {
    return graph
        .add(
            ONNX,
            "Dropout",
            List.of(x, graph.constant(ratio), graph.constant(true)),
            Map.of("seed", new Attribute.Int(seed)),
            List.of(like(x), of(ElementType.BOOL, x.shape())))
        .get(0);
  }

  // ---- Matrices ----

  /** The matrix products of a and b over their last two axes. */
  public Value matMul(Value a, Value b) {
    return matMul(a, false, b, false, 1);
  }

  /** {@code alpha} · a′b′, where a′ and b′ are a and b with their last two axes swapped or not. */
  public Value matMul(Value a, boolean transposeA, Value b, boolean transposeB, float alpha) {
    Dim inner = a.shape().dim(transposeA ? -2 : -1);
    if (!inner.fits(b.shape().dim(transposeB ? -1 : -2))) {
      throw new IllegalArgumentException(
          "matrices %s%s and %s%s do not multiply"
              .formatted(a, transposeA ? "ᵀ" : "", b, transposeB ? "ᵀ" : ""));
    }
    Shape batch = batchOf(a).broadcast(batchOf(b));
    List<Dim> dims = new ArrayList<>(batch.dims());
    dims.add(a.shape().dim(transposeA ? -1 : -2));
    dims.add(b.shape().dim(transposeB ? -2 : -1));
    Value out = of(a.type(), new Shape(dims));
    if (!transposeA && !transposeB && alpha == 1) {
      return node(ONNX, "MatMul", List.of(a, b), Map.of(), out);
    }
    if (standard) {
      Value left = transposeA ? swapped(a) : a;
      Value scaled = alpha == 1 ? left : mul(left, graph.constant(alpha));
      return node(ONNX, "MatMul", List.of(scaled, transposeB ? swapped(b) : b), Map.of(), out);
    }
    Map<String, Attribute> attributes =
        Map.of(
            "transA", new Attribute.Int(transposeA ? 1 : 0),
            "transB", new Attribute.Int(transposeB ? 1 : 0),
            "alpha", new Attribute.Real(alpha));
    return node(CONTRIB, "FusedMatMul", List.of(a, b), attributes, out);
  }

  /** x·wᵀ: a linear layer whose weight w is [out, in], as Hugging Face stores it. */
  public Value linear(Value x, Value w) {
    return matMul(x, false, w, true, 1);
  }

  /** x with its last two axes swapped. */
  private Value swapped(Value x) {
    int[] axes = IntStream.range(0, x.shape().rank()).toArray();
    axes[axes.length - 1] = axes.length - 2;
    axes[axes.length - 2] = axes.length - 1;
    return transpose(x, axes);
  }

  private static Shape batchOf(Value v) {
    return new Shape(v.shape().dims().subList(0, v.shape().rank() - 2));
  }

  // ---- Shapes ----

  /**
   * x in another shape.
   *
   * @param sizes ONNX's: 0 keeps the dimension at that place, one −1 takes what is left
   * @param left what is known of the dimension that −1 stands for
   */
  public Value reshape(Value x, long[] sizes, Dim left) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      dims.add(sizes[i] == 0 ? x.shape().dim(i) : sizes[i] == -1 ? left : Dim.of(sizes[i]));
    }
    Value target = graph.constant(sizes, sizes.length);
    return node(ONNX, "Reshape", List.of(x, target), Map.of(), of(x.type(), new Shape(dims)));
  }

  /**
   * x where it is, as something that no node can use before {@code first} is computed. ONNX Runtime
   * runs what needs nothing early and keeps one of two equal nodes; this way a frozen parameter is
   * cast when its product is due, once for every product.
   *
   * @param first whose first dimension is open, so that nobody can compute it away
   */
  public Value after(Value x, Value first) {
    if (first.shape().dim(0) instanceof Dim.Fixed) {
      throw new IllegalArgumentException("the first dimension of " + first + " must be open");
    }
    // Of a flat view, whose size is in nobody's knowledge: shapes that are known to be equal are
    // asked of whatever has them earliest.
    Dim all = first.shape().dims().stream().reduce(Dim.of(1), Dim::times);
    Value size = shapeOf(reshape(first, new long[] {-1}, all));
    // Zeros, which keep every dimension. ONNX Runtime sees through size · 0, and Concat.
    int rank = x.shape().rank();
    Value target = binary("Min", size, graph.constant(new long[rank], rank));
    return reshape(x, target, x.shape());
  }

  /** x in the shape that {@code target}, int64 [rank], holds when the graph runs. */
  public Value reshape(Value x, Value target, Shape shape) {
    return node(ONNX, "Reshape", List.of(x, target), Map.of(), of(x.type(), shape));
  }

  /** x as a matrix: all axes but the last become one. */
  public Value flattenRows(Value x) {
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
    Value left = graph.constant(new long[] {-1}, 1);
    Value target = concat(List.of(left, sizes(x, -1)), 0, Dim.of(2));
    return reshape(x, target, Shape.of(rows, columns));
  }

  /** The shape of x, int64 [rank]. */
  public Value shapeOf(Value x) {
    return node(
        ONNX, "Shape", List.of(x), Map.of(), of(ElementType.INT64, Shape.of(x.shape().rank())));
  }

  /** Dimension {@code axis} of x, an int64 scalar. */
  public Value sizeOf(Value x, int axis) {
    return gather(shapeOf(x), graph.constant(new long[] {x.shape().axis(axis)}), 0);
  }

  /** Dimensions {@code axes} of x, int64 [as many]. */
  public Value sizes(Value x, int... axes) {
    long[] places = IntStream.of(axes).mapToLong(a -> x.shape().axis(a)).toArray();
    return gather(shapeOf(x), graph.constant(places, places.length), 0);
  }

  /** The product of the dimensions from {@code from} on and before {@code to}, int64 [1]. */
  public Value productOfSizes(Value x, int from, int to) {
    Value product = graph.constant(new long[] {1}, 1);
    for (int axis = from; axis < to; axis++) {
      product = mul(product, sizes(x, axis));
    }
    return product;
  }

  /** x with its axes in the order {@code permutation}. */
  public Value transpose(Value x, int... permutation) {
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
        of(x.type(), new Shape(dims)));
  }

  /** x with axes of size 1 inserted, so that they stand at {@code axes} of the result. */
  public Value unsqueeze(Value x, int... axes) {
    int rank = x.shape().rank() + axes.length;
    Set<Integer> inserted = normalized(axes, rank);
    List<Dim> dims = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < rank; i++) {
      dims.add(inserted.contains(i) ? Dim.of(1) : x.shape().dim(next++));
    }
    return node(
        ONNX, "Unsqueeze", List.of(x, ints(inserted)), Map.of(), of(x.type(), new Shape(dims)));
  }

  /** x without {@code axes}, which have size 1. */
  public Value squeeze(Value x, int... axes) {
    Set<Integer> removed = normalized(axes, x.shape().rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < x.shape().rank(); i++) {
      if (!removed.contains(i)) {
        dims.add(x.shape().dim(i));
      } else if (!x.shape().dim(i).isOne()) {
        throw new IllegalArgumentException("axis " + i + " of " + x + " is not of size 1");
      }
    }
    return node(
        ONNX, "Squeeze", List.of(x, ints(removed)), Map.of(), of(x.type(), new Shape(dims)));
  }

  /** x stretched to the shape that {@code target}, int64 [rank], holds when the graph runs. */
  public Value expand(Value x, Value target, Shape shape) {
    return node(ONNX, "Expand", List.of(x, target), Map.of(), of(x.type(), shape));
  }

  /** The parts, one behind the other along {@code axis}; {@code total} is their size together. */
  public Value concat(List<Value> parts, int axis, Dim total) {
    Value first = parts.get(0);
    return node(
        ONNX,
        "Concat",
        parts,
        Map.of("axis", new Attribute.Int(first.shape().axis(axis))),
        of(first.type(), first.shape().with(axis, total)));
  }

  /** x cut along {@code axis} into parts of these sizes. */
  public List<Value> split(Value x, int axis, long... sizes) {
    List<Dim> dims = Arrays.stream(sizes).mapToObj(Dim::of).toList();
    return split(x, axis, graph.constant(sizes, sizes.length), dims);
  }

  /** x cut along {@code axis} into parts of the sizes that int64 [parts] holds in a run. */
  public List<Value> split(Value x, int axis, Value sizes, List<Dim> dims) {
    List<Value> outs = dims.stream().map(d -> of(x.type(), x.shape().with(axis, d))).toList();
    return graph.add(
        ONNX,
        "Split",
        List.of(x, sizes),
        Map.of("axis", new Attribute.Int(x.shape().axis(axis))),
        outs);
  }

  /** x with zeros around it, along each axis so many before and behind. */
  public Value pad(Value x, long[] before, long[] behind) {
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
    Value amounts = graph.constant(pads, pads.length);
    return node(ONNX, "Pad", List.of(x, amounts), Map.of(), of(x.type(), new Shape(dims)));
  }

  // ---- Picking and putting ----

  /** The slices of x along {@code axis} that {@code indices} name. */
  public Value gather(Value x, Value indices, int axis) {
    int a = x.shape().axis(axis);
    List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, a));
    dims.addAll(indices.shape().dims());
    dims.addAll(x.shape().dims().subList(a + 1, x.shape().rank()));
    return node(
        ONNX,
        "Gather",
        List.of(x, indices),
        Map.of("axis", new Attribute.Int(a)),
        of(x.type(), new Shape(dims)));
  }

  /** The rows of x [rows, columns] that {@code picks} names, in the shape of its indices. */
  public Value pick(Value x, UniqueRows picks) {
    graph.remember(picks);
    return gather(x, picks.indices(), 0);
  }

  /** Where x [n] is true, int64 [{@code count}], from the front. */
  public Value whereTrue(Value x, Dim count) {
    return squeeze(nonZero(x, count), 0);
  }

  private Value nonZero(Value x, Dim count) {
    Shape shape = Shape.of(Dim.of(x.shape().rank()), count);
    return node(ONNX, "NonZero", List.of(x), Map.of(), of(ElementType.INT64, shape));
  }

  /** Slices {@code from}, inclusive, to {@code to}, exclusive, of the first axis of x. */
  public Value rows(Value x, long from, long to) {
    Value start = graph.constant(new long[] {from}, 1);
    Value end = graph.constant(new long[] {to}, 1);
    return rows(x, start, end, graph.constant(new long[] {1}, 1), Dim.of(to - from));
  }

  /**
   * Slices of the first axis of x, as ONNX's Slice counts.
   *
   * @param from int64 [1], inclusive
   * @param to int64 [1], exclusive
   * @param step int64 [1]
   * @param count how many these are
   */
  public Value rows(Value x, Value from, Value to, Value step, Dim count) {
    Value first = graph.constant(new long[] {0}, 1);
    return node(
        ONNX,
        "Slice",
        List.of(x, from, to, first, step),
        Map.of(),
        of(x.type(), x.shape().with(0, count)));
  }

  /** x[i][indices[i][j]] for axis 1, and so on for others. */
  public Value gatherElements(Value x, Value indices, int axis) {
    return node(
        ONNX,
        "GatherElements",
        List.of(x, indices),
        Map.of("axis", new Attribute.Int(x.shape().axis(axis))),
        of(x.type(), indices.shape()));
  }

  /**
   * x with {@code updates} added at {@code indices} along {@code axis}, repeated indices summed.
   *
   * <p>Not {@code ScatterND}, whose sums are silently wrong under two threads in ONNX Runtime 1.24.
   */
  public Value scatterAdd(Value x, Value indices, Value updates, int axis) {
    return node(
        ONNX,
        "ScatterElements",
        List.of(x, indices, updates),
        Map.of(
            "axis", new Attribute.Int(x.shape().axis(axis)),
            "reduction", new Attribute.Text("add")),
        like(x));
  }

  /**
   * x with row {@code indices[i]} replaced by {@code updates[i]}.
   *
   * @param indices int64 [n], no two equal
   * @param updates [n, columns]
   */
  public Value putRows(Value x, Value indices, Value updates) {
    List<Value> inputs = List.of(x, unsqueeze(indices, 1), updates);
    return node(ONNX, "ScatterND", inputs, Map.of(), like(x));
  }

  /**
   * A tensor of zeros in the shape that {@code target}, int64 [rank], holds when the graph runs.
   */
  public Value zeros(Value target, Shape shape) {
    return node(ONNX, "ConstantOfShape", List.of(target), Map.of(), of(ElementType.FLOAT, shape));
  }

  /** 0, 1, …, {@code limit} − 1, where {@code limit} is an int64 scalar. */
  public Value range(Value limit, Dim size) {
    Value zero = graph.constant(new long[] {0});
    Value one = graph.constant(new long[] {1});
    return node(
        ONNX, "Range", List.of(zero, limit, one), Map.of(), of(ElementType.INT64, Shape.of(size)));
  }

  /** The {@code k} largest of each row of x [n, m], the largest first: [n, k]. */
  public Value largest(Value x, long k) {
    Shape shape = x.shape().with(-1, Dim.of(k));
    return graph
        .add(
            ONNX,
            "TopK",
            List.of(x, graph.constant(new long[] {k}, 1)),
            Map.of("axis", new Attribute.Int(-1)),
            List.of(of(x.type(), shape), of(ElementType.INT64, shape)))
        .get(0);
  }

  // ---- Sums and norms ----

  /** The sums over {@code axes}, which stay with size 1 if {@code keep}. */
  public Value reduceSum(Value x, boolean keep, int... axes) {
    Set<Integer> reduced = normalized(axes, x.shape().rank());
    return node(
        ONNX,
        "ReduceSum",
        List.of(x, ints(reduced)),
        Map.of("keepdims", new Attribute.Int(keep ? 1 : 0)),
        of(x.type(), reduced(x.shape(), reduced, keep)));
  }

  /**
   * The sums over the axes along which x is of another size than {@code target} says, int64 [rank],
   * which is 1 there: for shapes that only the run knows.
   *
   * @param shape of the result
   */
  public Value reduceSumTo(Value x, Value target, Shape shape) {
    Value same =
        node(
            ONNX,
            "Equal",
            List.of(shapeOf(x), target),
            Map.of(),
            of(ElementType.BOOL, Shape.of(x.shape().rank())));
    Value larger = node(ONNX, "Not", List.of(same), Map.of(), like(same));
    Value found = nonZero(larger, new Dim.Unknown(larger.name() + "#count"));
    Map<String, Attribute> attributes =
        Map.of("keepdims", new Attribute.Int(1), "noop_with_empty_axes", new Attribute.Int(1));
    return node(ONNX, "ReduceSum", List.of(x, squeeze(found, 0)), attributes, of(x.type(), shape));
  }

  /** The means over {@code axes}, which stay with size 1 if {@code keep}. */
  public Value reduceMean(Value x, boolean keep, int... axes) {
    return reduce("ReduceMean", x, keep, axes);
  }

  /** The largest over {@code axes}, which stay with size 1 if {@code keep}. */
  public Value reduceMax(Value x, boolean keep, int... axes) {
    return reduce("ReduceMax", x, keep, axes);
  }

  /**
   * The sums of x along {@code axis} up to each place.
   *
   * @param without whether a place's own number is left out of its sum
   */
  public Value runningSum(Value x, int axis, boolean without) {
    return node(
        ONNX,
        "CumSum",
        List.of(x, graph.constant(new long[] {x.shape().axis(axis)})),
        Map.of("exclusive", new Attribute.Int(without ? 1 : 0)),
        like(x));
  }

  // Axes are an attribute in opset 17, but for ReduceSum, and an input from opset 18 on.
  private Value reduce(String operator, Value x, boolean keep, int... axes) {
    Set<Integer> reduced = normalized(axes, x.shape().rank());
    Value out = of(x.type(), reduced(x.shape(), reduced, keep));
    Attribute kept = new Attribute.Int(keep ? 1 : 0);
    if (graph.opset() > Graph.OPSET) {
      return node(ONNX, operator, List.of(x, ints(reduced)), Map.of("keepdims", kept), out);
    }
    Attribute list = new Attribute.Ints(reduced.stream().map(Integer::longValue).toList());
    return node(ONNX, operator, List.of(x), Map.of("keepdims", kept, "axes", list), out);
  }

  /** eˣ over the sum of eˣ along the last axis. */
  public Value softmax(Value x) {
    return node(ONNX, "Softmax", List.of(x), Map.of("axis", new Attribute.Int(-1)), like(x));
  }

  /**
   * The gradient of {@link #softmax} by the one kernel that training builds have for it; in fp32,
   * the portable nodes are faster on a CPU.
   *
   * @param dy the gradient of its output
   * @param y its output
   */
  public Value softmaxGradient(Value dy, Value y) {
    Map<String, Attribute> axis = Map.of("axis", new Attribute.Int(-1));
    return node(CONTRIB, "SoftmaxGrad_13", List.of(dy, y), axis, like(y));
  }

  /**
   * The gradient of {@link #silu} by the one kernel that training builds have for it, in place of
   * five portable nodes.
   *
   * @param dy the gradient of its output
   * @param x its input
   */
  public Value siluGradient(Value dy, Value x) {
    Map<String, Attribute> alpha = Map.of("alpha", new Attribute.Real(1));
    return node(CONTRIB, "QuickGeluGrad", List.of(dy, x), alpha, like(x));
  }

  /**
   * The gradients of {@link #rmsNorm} with respect to x and scale, as {@link #softmaxGradient}.
   *
   * @param inverse its second output
   */
  public List<Value> rmsNormGradients(Value dy, Value x, Value scale, Value inverse) {
    return graph.add(
        CONTRIB,
        "SimplifiedLayerNormalizationGrad",
        List.of(dy, x, scale, inverse),
        Map.of("axis", new Attribute.Int(-1)),
        List.of(like(x), like(scale)));
  }

  /** The logarithm of {@link #softmax}. */
  public Value logSoftmax(Value x) {
    return node(ONNX, "LogSoftmax", List.of(x), Map.of("axis", new Attribute.Int(-1)), like(x));
  }

  /**
   * x over the root of its mean square along the last axis, times {@code scale} (RMSNorm).
   *
   * @return the result, and 1/√(mean square + epsilon), which its gradient needs
   */
  public List<Value> rmsNorm(Value x, Value scale, float epsilon) {
    if (standard) {
      // In the very operators that ONNX Runtime looks for, to make one of them again.
      Value mean = reduceMean(pow(x, 2), true, -1);
      Value root = sqrt(add(mean, graph.constant(epsilon)));
      Value inverse = div(graph.constant(1), root);
      return List.of(mul(mul(x, inverse), scale), inverse);
    }
    return graph.add(
        ONNX,
        "SimplifiedLayerNormalization",
        List.of(x, scale),
        Map.of(
            "axis", new Attribute.Int(-1),
            "epsilon", new Attribute.Real(epsilon),
            // Left out, shape inference reads an attribute that is not there.
            "stash_type", new Attribute.Int(1)),
        List.of(like(x), of(ElementType.FLOAT, x.shape().with(-1, Dim.of(1)))));
  }

  /**
   * −log of the probability that each row of logits [n, classes] gives to its label [n].
   *
   * @return the losses [n], and the log-probabilities [n, classes]
   */
  public List<Value> crossEntropy(Value logits, Value labels) {
    return graph.add(
        ONNX,
        "SoftmaxCrossEntropyLoss",
        List.of(logits, labels),
        Map.of("reduction", new Attribute.Text("none")),
        List.of(of(logits.type(), labels.shape()), like(logits)));
  }

  // ---- Attention ----

  /**
   * Turns each head of x, [batch, heads, sequence, headSize] or [batch, sequence, heads ·
   * headSize], by its position (RoPE, half-split).
   *
   * @param positions int64 [1]: the position of the first token of every row; or int64 [batch,
   *     sequence]: every token's
   * @param cos the cosines, [context, headSize / 2]
   * @param sin the sines, [context, headSize / 2]
   */
  public Value rotary(Value x, Value positions, Value cos, Value sin) {
    return node(CONTRIB, "RotaryEmbedding", List.of(x, positions, cos, sin), Map.of(), like(x));
  }

  /**
   * Causal attention with a cache, for sampling (ONNX Runtime's {@code GroupQueryAttention}).
   *
   * @param nodeInputs query, key, value, past key, past value, lengths − 1, longest length; and
   *     cosines and sines, without which positions turn nothing. Without key and value, the query
   *     has all three behind each other
   * @param heads of the query
   * @param keyValueHeads of key and value
   * @param scale of the scores
   * @param window how many tokens back, its own counted, a token sees; 0 is all
   * @param presentNames of the outputs that hold the grown cache
   * @return what each head saw, and the grown cache's keys and values
   */
  public List<Value> groupQueryAttention(
      List<Value> nodeInputs,
      int heads,
      int keyValueHeads,
      float scale,
      int window,
      List<String> presentNames) {
    Value query = nodeInputs.get(0);
    Value past = nodeInputs.get(3);
    Dim seen = Dim.of(heads).times(past.shape().dim(3));
    return graph.add(
        CONTRIB,
        "GroupQueryAttention",
        nodeInputs,
        Map.of(
            "num_heads", new Attribute.Int(heads),
            "kv_num_heads", new Attribute.Int(keyValueHeads),
            "do_rotary", new Attribute.Int(nodeInputs.size() > 7 ? 1 : 0),
            "local_window_size", new Attribute.Int(window == 0 ? -1 : window),
            "scale", new Attribute.Real(scale)),
        List.of(
            of(query.type(), query.shape().with(2, seen)),
            new Value(presentNames.get(0), past.type(), past.shape()),
            new Value(presentNames.get(1), past.type(), past.shape())));
  }

  // ---- Helpers ----

  private Value unary(String operator, Value x) {
    return node(ONNX, operator, List.of(x), Map.of(), like(x));
  }

  private Value binary(String operator, Value a, Value b) {
    if (a.type() != b.type()) {
      throw new IllegalArgumentException(operator + " of " + a + " and " + b + ": types differ");
    }
    return node(
        ONNX, operator, List.of(a, b), Map.of(), of(a.type(), a.shape().broadcast(b.shape())));
  }

  private Value node(
      String domain,
      String operator,
      List<Value> inputs,
      Map<String, Attribute> attributes,
      Value output) {
    return graph.add(domain, operator, inputs, attributes, List.of(output)).get(0);
  }

  private static Value like(Value v) {
    return of(v.type(), v.shape());
  }

  private static Value of(ElementType type, Shape shape) {
    return new Value("", type, shape);
  }

  private Value ints(Set<Integer> values) {
    long[] array = values.stream().mapToLong(Integer::longValue).toArray();
    return graph.constant(array, array.length);
  }

  private static Set<Integer> normalized(int[] axes, int rank) {
    List<Integer> sorted = new ArrayList<>();
    for (int a : axes) {
      sorted.add(a < 0 ? a + rank : a);
    }
    Collections.sort(sorted);
    return new LinkedHashSet<>(sorted);
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
