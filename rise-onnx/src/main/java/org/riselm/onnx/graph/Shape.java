package org.riselm.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The dimensions of a value, outermost first; none for a scalar.
 *
 * @param dims the dimensions
 */
public record Shape(List<Dim> dims) {
  public Shape {
    dims = List.copyOf(dims);
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
    return dims.size();
  }

  /** Dimension {@code axis}; −1 is the last. */
  public Dim dim(int axis) {
    return dims.get(axis(axis));
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
    List<Dim> changed = new ArrayList<>(dims);
    changed.set(axis(axis), dim);
    return new Shape(changed);
  }

  /** The sizes; −1 where one is open. */
  public long[] sizes() {
    return dims.stream().mapToLong(d -> d instanceof Dim.Fixed f ? f.size() : -1).toArray();
  }

  /** Whether every size is known. */
  public boolean isFixed() {
    return dims.stream().allMatch(d -> d instanceof Dim.Fixed);
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
      if (!a.equals(b) && !a.isOne() && !b.isOne()) {
        throw new IllegalArgumentException(
            "shapes " + this + " and " + other + " do not broadcast");
      }
      result.add(a.isOne() ? b : a);
    }
    return new Shape(result);
  }

  private Dim aligned(int axis, int rank) {
    int own = axis - (rank - rank());
    return own < 0 ? Dim.of(1) : dims.get(own);
  }

  @Override
  public String toString() {
    return dims.toString();
  }
}
