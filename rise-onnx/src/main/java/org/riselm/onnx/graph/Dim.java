package org.riselm.onnx.graph;

/**
 * One dimension of a shape: a number, or a name for a number that only a run knows. Two dimensions
 * of the same name are equal in every run.
 */
public sealed interface Dim {
  /** A known size. */
  record Fixed(long size) implements Dim {
    public Fixed {
      if (size < 0) {
        throw new IllegalArgumentException("a dimension of " + size + "; 0 or more");
      }
    }

    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  /** A size that differs from run to run. */
  record Named(String name) implements Dim {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A known size. */
  static Dim of(long size) {
    return new Fixed(size);
  }

  /** A size that differs from run to run. */
  static Dim of(String name) {
    return new Named(name);
  }

  /** Whether this is certainly 1, so that broadcasting stretches it. */
  default boolean isOne() {
    return this instanceof Fixed f && f.size() == 1;
  }

  /** The product of this and {@code other}; a name made of both where a size is open. */
  default Dim times(Dim other) {
    if (this instanceof Fixed a && other instanceof Fixed b) {
      return of(Math.multiplyExact(a.size(), b.size()));
    }
    if (isOne()) {
      return other;
    }
    return other.isOne() ? this : of(this + "*" + other);
  }
}
