package org.riselm.onnx.internal.graph;

import com.google.common.collect.ImmutableSortedSet;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One dimension of a shape: a number, or a name for a number that only a run knows. Two dimensions
 * of the same name are equal in every run; two of different names are told apart in graphs that are
 * built here, and may be equal in graphs that were read from a file.
 */
public sealed interface Dim {
  /** How a part is named: {@code whole[..i/n]} up to its end, {@code whole[i/n]} itself. */
  Pattern PART = Pattern.compile("(.+)\\[(\\.\\.|)(\\d+)/(\\d+)]");

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

  /**
   * A size that differs from run to run and may be any, also 1 or that of another dimension: the
   * largest of {@code names}.
   */
  record Unknown(ImmutableSortedSet<String> names) implements Dim {
    private static final int LONGEST_NAME = 200;
    private static final int MOST_NAMES = 16;

    /** The size of this name. What is built of names, layer upon layer, does not grow for ever. */
    public Unknown(String name) {
      this(ImmutableSortedSet.of(bounded(name)));
    }

    private static String bounded(String name) {
      return name.length() <= LONGEST_NAME
          ? name
          : "dim-" + Hashing.sha256().hashString(name, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return names.size() == 1 ? names.first() : "max(" + String.join(",", names) + ")";
    }
  }

  /** The larger of two sizes, of which one is unknown and neither is known before a run. */
  static Dim larger(Dim a, Dim b) {
    ImmutableSortedSet<String> names =
        ImmutableSortedSet.<String>naturalOrder().addAll(names(a)).addAll(names(b)).build();
    Unknown larger = new Unknown(names);
    return names.size() <= Unknown.MOST_NAMES ? larger : new Unknown(larger.toString());
  }

  private static ImmutableSortedSet<String> names(Dim dim) {
    return dim instanceof Unknown u ? u.names() : ImmutableSortedSet.of(dim.toString());
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

  /**
   * Where part {@code i}, from 1, of {@code n} nearly equal parts of this ends: size · i / n,
   * rounded down.
   */
  default Dim upTo(int i, int n) {
    if (i == n) {
      return this;
    }
    return this instanceof Fixed f ? of(f.size() * i / n) : of(this + "[.." + i + "/" + n + "]");
  }

  /**
   * Part {@code i}, from 1, of {@code n} nearly equal parts of this; the first ones may be empty.
   */
  default Dim part(int i, int n) {
    if (n == 1) {
      return this;
    }
    return this instanceof Fixed f
        ? of(f.size() * i / n - f.size() * (i - 1) / n)
        : of(this + "[" + i + "/" + n + "]");
  }

  /**
   * This dimension's size in a run.
   *
   * @param named the sizes of the dimensions that the graph's inputs name
   */
  default long size(Map<String, Long> named) {
    if (this instanceof Fixed f) {
      return f.size();
    }
    String name = toString();
    int star = name.lastIndexOf('*');
    if (star >= 0) {
      Dim left = of(name.substring(0, star));
      return Math.multiplyExact(left.size(named), of(name.substring(star + 1)).size(named));
    }
    Matcher part = PART.matcher(name);
    if (part.matches()) {
      long whole = of(part.group(1)).size(named);
      long i = Long.parseLong(part.group(3));
      long n = Long.parseLong(part.group(4));
      long before = part.group(2).isEmpty() ? whole * (i - 1) / n : 0;
      return whole * i / n - before;
    }
    Long known = named.get(name);
    return known == null ? Long.parseLong(name) : known;
  }

  /** Whether this and {@code other} can be the same size in a run. */
  default boolean fits(Dim other) {
    return equals(other) || this instanceof Unknown || other instanceof Unknown;
  }

  /** The product of this and {@code other}; a name made of both where a size is open. */
  default Dim times(Dim other) {
    if (this instanceof Fixed a && other instanceof Fixed b) {
      return of(Math.multiplyExact(a.size(), b.size()));
    }
    if (isOne()) {
      return other;
    }
    if (other.isOne()) {
      return this;
    }
    String product = this + "*" + other;
    return this instanceof Unknown || other instanceof Unknown ? new Unknown(product) : of(product);
  }
}
