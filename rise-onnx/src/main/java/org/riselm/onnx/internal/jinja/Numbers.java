package org.riselm.onnx.internal.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's arithmetic. Integers are {@link Long}, and {@link BigInteger} beyond 64 bits. */
final class Numbers {
  private static final int MAX_REPEATED = 1_000_000;
  private static final int MOST_BITS = 1 << 16;

  private final Meter meter;

  Numbers(Meter meter) {
    this.meter = meter;
  }

  static boolean isNumber(Object value) {
    return value instanceof Long
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof BigInteger;
  }

  static double toDouble(Object number) {
    if (number instanceof BigInteger n) {
      double d = n.doubleValue();
      if (Double.isInfinite(d)) {
        throw Failure.evaluation("an integer is too large for a float");
      }
      return d;
    }
    return number instanceof Double d ? d : toLong(number);
  }

  /** An integer or a boolean, of any size. */
  static BigInteger exact(Object number, String what) {
    return number instanceof BigInteger n ? n : BigInteger.valueOf(Values.integer(number, what));
  }

  /** An integer as values are: long, if it fits. */
  static Object integer(BigInteger n) {
    return n.bitLength() < Long.SIZE ? (Object) n.longValue() : n;
  }

  /** Of an integer or a boolean. */
  static long toLong(Object number) {
    return Values.integer(number, "arithmetic");
  }

  Object apply(String operator, Object a, Object b) {
    for (Object side : List.of(a, b)) {
      if (side instanceof Undefined u) {
        throw u.failure();
      }
    }
    if (isNumber(a) && isNumber(b)) {
      if (a instanceof Double || b instanceof Double || operator.equals("/")) {
        return floats(operator, toDouble(a), toDouble(b));
      }
      return integers(operator, exact(a, operator), exact(b, operator));
    }
    if (operator.equals("+") && Values.textOf(a) != null && Values.textOf(b) != null) {
      return joined(a, b);
    }
    if (a instanceof Markup || b instanceof Markup) {
      throw Failure.unsupported(
          "\"%s\" on what the filter \"safe\" gave, which escapes, is not supported", operator);
    }
    if (operator.equals("+")) {
      return joined(a, b);
    }
    if (operator.equals("*")) {
      return isNumber(a) ? repeated(b, a) : repeated(a, b);
    }
    if (operator.equals("%") && a instanceof String format) {
      return PercentFormat.apply(format, b, meter);
    }
    throw mismatch(operator, a, b);
  }

  private static Failure mismatch(String operator, Object a, Object b) {
    return Failure.evaluation(
        "\"%s\" does not work on %s and %s", operator, Values.describe(a), Values.describe(b));
  }

  private Object joined(Object a, Object b) {
    String x = Values.textOf(a);
    String y = Values.textOf(b);
    if (x != null && y != null) {
      meter.spend(x.length() + (long) y.length());
      return a instanceof Markup || b instanceof Markup
          ? new Markup(Markup.escaped(a) + Markup.escaped(b))
          : x + y;
    }
    if (a instanceof List<?> p && b instanceof List<?> q) {
      return concat(p, q);
    }
    if (a instanceof Tuple p && b instanceof Tuple q) {
      return new Tuple(concat(p.items(), q.items()));
    }
    throw mismatch("+", a, b);
  }

  private List<Object> concat(List<?> a, List<?> b) {
    meter.spend(a.size() + (long) b.size());
    List<Object> out = new ArrayList<>(a);
    out.addAll(b);
    return Collections.unmodifiableList(out);
  }

  private Object repeated(Object value, Object times) {
    if (times instanceof Double || !isNumber(times)) {
      throw mismatch("*", value, times);
    }
    long n = Math.max(0, toLong(times));
    int size = Values.length(value);
    if (size > 0 && n > MAX_REPEATED) {
      throw Failure.limit("a value is repeated %d times; at most %d", n, MAX_REPEATED);
    }
    int count = size <= 0 ? 0 : (int) n;
    meter.spend((long) Math.max(size, 0) * count);
    if (value instanceof String s) {
      return s.repeat(count);
    }
    if (value instanceof List<?> list) {
      return repeatedItems(list, count);
    }
    if (value instanceof Tuple tuple) {
      return new Tuple(repeatedItems(tuple.items(), count));
    }
    throw mismatch("*", value, times);
  }

  private static List<Object> repeatedItems(List<?> items, int count) {
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.addAll(items);
    }
    return Collections.unmodifiableList(out);
  }

  private static Object integers(String operator, BigInteger a, BigInteger b) {
    return integer(
        switch (operator) {
          case "+" -> a.add(b);
          case "-" -> a.subtract(b);
          case "*" -> a.multiply(b);
          case "//" -> floorDivided(a, b)[0];
          case "%" -> floorDivided(a, b)[1];
          default -> power(a, b);
        });
  }

  private static BigInteger[] floorDivided(BigInteger a, BigInteger b) {
    requireNonZero(b.signum() != 0);
    BigInteger[] parts = a.divideAndRemainder(b);
    if (parts[1].signum() != 0 && parts[1].signum() != b.signum()) {
      return new BigInteger[] {parts[0].subtract(BigInteger.ONE), parts[1].add(b)};
    }
    return parts;
  }

  private static void requireNonZero(boolean nonZero) {
    if (!nonZero) {
      throw Failure.evaluation("division by zero");
    }
  }

  private static BigInteger power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      throw Failure.unsupported("negative powers are not supported");
    }
    if (base.abs().bitLength() * exponent.doubleValue() > MOST_BITS && base.abs().bitLength() > 1) {
      throw Failure.limit("a power has more than %d bits", MOST_BITS);
    }
    return base.abs().bitLength() > 1
        ? base.pow(exponent.intValueExact())
        : base.pow(exponent.testBit(0) ? 1 : exponent.signum() * 2);
  }

  private static double floats(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> {
        requireNonZero(b != 0);
        yield a / b;
      }
      default -> throw Failure.unsupported("\"%s\" on floats is not supported", operator);
    };
  }

  Object signed(boolean negative, Object value) {
    if (value instanceof Undefined u) {
      throw u.failure();
    }
    if (value instanceof Double d) {
      return negative ? -d : d;
    }
    if (!isNumber(value)) {
      throw Failure.evaluation("a sign does not work on %s", Values.describe(value));
    }
    BigInteger n = exact(value, "a sign");
    return integer(negative ? n.negate() : n);
  }
}
