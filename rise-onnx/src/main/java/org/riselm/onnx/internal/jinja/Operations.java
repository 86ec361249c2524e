package org.riselm.onnx.internal.jinja;

import java.time.LocalDateTime;

/**
 * What the operations of one rendering share.
 *
 * @param now what {@code strftime_now} tells
 */
record Operations(
    Meter meter,
    Text text,
    Equality equality,
    Numbers numbers,
    Attributes attributes,
    LocalDateTime now) {
  static Operations of(Meter meter, LocalDateTime now) {
    return new Operations(
        meter,
        new Text(meter),
        new Equality(meter),
        new Numbers(meter),
        new Attributes(meter),
        now);
  }

  String str(Object value) {
    return text.str(value);
  }

  /** Whether {@code a operator b}, one of Python's comparisons. */
  boolean compare(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> equality.equal(a, b);
      case "!=" -> !equality.equal(a, b);
      case "in" -> equality.contains(b, a);
      case "not in" -> !equality.contains(b, a);
      case "<" -> equality.less(a, b);
      case ">" -> equality.less(b, a);
      // Not "not above": no order holds with what is not a number.
      case "<=" -> equality.less(a, b) || equality.equal(a, b);
      default -> equality.less(b, a) || equality.equal(a, b);
    };
  }
}
