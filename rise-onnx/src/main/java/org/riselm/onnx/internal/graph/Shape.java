package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The dimensions of a value, outermost first; none for a scalar.
 *
 * @param dims the dimensions
 * @param isRanked false where not even their number is known before a run; only in graphs that were
 *     read from a file
 */
public record Shape(List<Dim> dims, boolean isRanked) {
  /** The shape of a value of which nothing is known. */
  public static final Shape UNRANKED = new Shape(List.of(), false);

  public Shape {
    dims = List.copyOf(dims);
  }

  /** A shape of these dimensions. */
  public Shape(List<Dim> dims) {
    this(dims, true);
  }

  /**
   * The dimensions.
   *
   * @throws IllegalStateException if their number is not known
   */
  @Override
  public List<Dim> dims() {
    if (!isRanked) {
      throw new IllegalStateException("a shape is asked for its dimensions that are not known");
    }
    return dims;
  }

  /** A shape of these dimensions. */
  public static Shape of(Dim... dims) {
    return new Shape(List.of(dims));
  }

  /** A shape of known sizes; a scalar if there are none. */
  public static Shape of(long... sizes) {
    return new Shape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
  }

  /** The shape of a single number. */
  public static Shape scalar() {
    return new Shape(List.of());
  }

  /** The number of dimensions. */
  public int rank() {
    return dims().size();
  }

  /** Dimension {@code axis}; −1 is the last. */
  public Dim dim(int axis) {
    return dims().get(axis(axis));
  }

  /**
   * {@code axis} counted from the front.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public int axis(int axis) {
    int a = axis < 0 ? axis + rank() : axis;
    if (a < 0 || a >= rank()) {
      throw new IllegalArgumentException("axis " + axis + " of a value of shape " + this);
    }
    return a;
  }

  /** This with dimension {@code axis} replaced. */
  public Shape with(int axis, Dim dim) {
    List<Dim> changed = new ArrayList<>(dims());
    changed.set(axis(axis), dim);
    return new Shape(changed);
  }

  /** The sizes; −1 where one is open. */
  public long[] sizes() {
    return dims().stream().mapToLong(d -> d instanceof Dim.Fixed f ? f.size() : -1).toArray();
  }

  /** Whether every size is known. */
  public boolean isFixed() {
    return isRanked && dims.stream().allMatch(d -> d instanceof Dim.Fixed);
  }

  /**
   * What this and {@code other} broadcast to, by NumPy's rules.
   *
   * @throws IllegalArgumentException if they do not fit, or nobody can tell before a run
   */
  public Shape broadcast(Shape other) {
    int rank = Math.max(rank(), other.rank());
    List<Dim> result = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      Dim a = aligned(i, rank);
      Dim b = other.aligned(i, rank);
      if (!a.fits(b) && !a.isOne() && !b.isOne()) {
        throw new IllegalArgumentException(
            "shapes " + this + " and " + other + " do not broadcast");
      }
      result.add(stretched(a, b));
    }
    return new Shape(result);
  }

  private static Dim stretched(Dim a, Dim b) {
    if (a.isOne() || a.equals(b)) {
      return b;
    }
    if (b.isOne()) {
      return a;
    }
    // One of them is unknown here. Where the other is known it is that, for it is not 1.
    if (a instanceof Dim.Fixed) {
      return a;
    }
    return b instanceof Dim.Fixed ? b : Dim.larger(a, b);
  }

  /** Whether this and {@code other} can be the same in a run. */
  public boolean fits(Shape other) {
    return isRanked
        && other.isRanked
        && rank() == other.rank()
        && IntStream.range(0, rank()).allMatch(i -> dim(i).fits(other.dim(i)));
  }

  private Dim aligned(int axis, int rank) {
    int own = axis - (rank - rank());
    return own < 0 ? Dim.of(1) : dims.get(own);
  }

  @Override
  public String toString() {
    return isRanked ? dims.toString() : "[of any rank]";
  }
}
