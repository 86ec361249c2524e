package org.riselm.onnx.internal.jinja;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's {@code ==}, {@code <} and {@code in}. */
final class Equality {
  private final Meter meter;

  Equality(Meter meter) {
    this.meter = meter;
  }

  boolean equal(Object a, Object b) {
    return equal(a, b, 0);
  }

  private boolean equal(Object a, Object b, int depth) {
    Meter.requireShallow(depth);
    meter.spend(1);
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      return compareNumbers(a, b) == 0;
    }
    String text = Values.textOf(a);
    if (text != null) {
      meter.spend(text.length() / 16);
      String other = Values.textOf(b);
      return other != null && ProvenanceCodec.plain(text).equals(ProvenanceCodec.plain(other));
    }
    if (a instanceof Undefined) {
      return b instanceof Undefined;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return equalItems(x, y, depth);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return equalItems(x.items(), y.items(), depth);
    }
    if (a instanceof Range x && b instanceof Range y) {
      return x.size() == y.size()
          && (x.size() == 0 || x.start() == y.start())
          && (x.size() <= 1 || x.step() == y.step());
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return equalDicts(x, y, depth);
    }
    if (a instanceof DictView && b instanceof DictView) {
      throw Failure.unsupported("comparing the views of dicts is not supported");
    }
    if (a instanceof Callable && b instanceof Callable && a != b) {
      throw Failure.unsupported("comparing functions is not supported");
    }
    return a == b;
  }

  private boolean equalItems(List<?> a, List<?> b, int depth) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.get(i), b.get(i), depth + 1)) {
        return false;
      }
    }
    return true;
  }

  private boolean equalDicts(Map<?, ?> a, Map<?, ?> b, int depth) {
    if (a.size() != b.size()) {
      return false;
    }
    for (Map.Entry<?, ?> e : a.entrySet()) {
      Object other = b.get(e.getKey());
      if (other == null || !equal(e.getValue(), other, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  /** Negative, zero or positive; NaN equals nothing and is below nothing, here it is 1. */
  private static int compareNumbers(Object a, Object b) {
    if (a instanceof Double || b instanceof Double) {
      double x = Numbers.toDouble(a);
      double y = Numbers.toDouble(b);
      if (Double.isNaN(x) || Double.isNaN(y)) {
        return 1;
      }
      if (Double.isInfinite(x) || Double.isInfinite(y)) {
        return x == y ? 0 : Double.compare(x, y);
      }
      return exact(a).compareTo(exact(b));
    }
    return Numbers.exact(a, "\"<\"").compareTo(Numbers.exact(b, "\"<\""));
  }

  private static BigDecimal exact(Object number) {
    return number instanceof Double d
        ? new BigDecimal(d)
        : new BigDecimal(Numbers.exact(number, "\"<\""));
  }

  /** Whether {@code a} is below {@code b}. */
  boolean less(Object a, Object b) {
    return less(a, b, 0);
  }

  private boolean less(Object a, Object b, int depth) {
    Meter.requireShallow(depth);
    meter.spend(1);
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      if (isNan(a) || isNan(b)) {
        return false;
      }
      return compareNumbers(a, b) < 0;
    }
    String x = Values.textOf(a);
    String y = Values.textOf(b);
    if (x != null && y != null) {
      meter.spend(Math.min(x.length(), y.length()) / 16);
      return compareTexts(ProvenanceCodec.plain(x), ProvenanceCodec.plain(y)) < 0;
    }
    if (a instanceof List<?> p && b instanceof List<?> q) {
      return lessItems(p, q, depth);
    }
    if (a instanceof Tuple p && b instanceof Tuple q) {
      return lessItems(p.items(), q.items(), depth);
    }
    for (Object side : List.of(a, b)) {
      if (side instanceof Undefined u) {
        throw u.failure();
      }
    }
    throw Failure.evaluation("%s and %s have no order", Values.describe(a), Values.describe(b));
  }

  private boolean lessItems(List<?> a, List<?> b, int depth) {
    for (int i = 0; i < a.size() && i < b.size(); i++) {
      if (!equal(a.get(i), b.get(i), depth + 1)) {
        return less(a.get(i), b.get(i), depth + 1);
      }
    }
    return a.size() < b.size();
  }

  // Python compares code points; Java's compareTo compares UTF-16 units.
  private static int compareTexts(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == a.length() || i == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    // At a low surrogate the high ones before are equal, so that the units decide rightly.
    return Integer.compare(a.codePointAt(i), b.codePointAt(i));
  }

  private static boolean isNan(Object value) {
    return value instanceof Double d && d.isNaN();
  }

  /** The order of Python's {@code sorted}. */
  Comparator<Object> order() {
    return (a, b) -> {
      if (isNan(a) || isNan(b)) {
        throw Failure.unsupported("sorting numbers that are not a number is not supported");
      }
      if (less(a, b)) {
        return -1;
      }
      return less(b, a) ? 1 : 0;
    };
  }

  /** Python's {@code item in container}. */
  boolean contains(Object container, Object item) {
    String text = Values.textOf(container);
    if (text != null) {
      String part = Values.string(item, "\"in\" a string");
      meter.spendSearch(text, part);
      return ProvenanceCodec.plain(text).contains(ProvenanceCodec.plain(part));
    }
    if (container instanceof Map<?, ?> dict) {
      return dict.containsKey(Values.key(item));
    }
    Iterator<Object> items = Values.iterate(container, meter);
    while (items.hasNext()) {
      if (equal(items.next(), item)) {
        return true;
      }
    }
    return false;
  }
}
