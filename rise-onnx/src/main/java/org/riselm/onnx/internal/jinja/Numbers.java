package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's arithmetic, of integers up to 64 bits. */
final class Numbers {
  private static final int MAX_REPEATED = 1_000_000;

  private final Meter meter;

  Numbers(Meter meter) {
    this.meter = meter;
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double toDouble(Object number) {
    return number instanceof Double d ? d : toLong(number);
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
      try {
        return integers(operator, toLong(a), toLong(b));
      } catch (ArithmeticException e) {
        throw Failure.unsupported("integers of more than 64 bits are not supported");
      }
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
    if (operator.equals("%") && a instanceof String) {
      throw Failure.unsupported("formatting with \"%%\" is not supported");
    }
    throw mismatch(operator, a, b);
  }

  private static Failure mismatch(String operator, Object a, Object b) {
    return Failure.evaluation(
        "\"%s\" does not work on %s and %s", operator, Values.describe(a), Values.describe(b));
  }

  private Object joined(Object a, Object b) {
    if (a instanceof String x && b instanceof String y) {
      meter.spend(x.length() + (long) y.length());
      return x + y;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return concat(x, y);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return new Tuple(concat(x.items(), y.items()));
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

  private static Object integers(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> {
        requireNonZero(b != 0);
        if (a == Long.MIN_VALUE && b == -1) {
          throw new ArithmeticException();
        }
        yield Math.floorDiv(a, b);
      }
      case "%" -> {
        requireNonZero(b != 0);
        yield Math.floorMod(a, b);
      }
      default -> power(a, b);
    };
  }

  private static void requireNonZero(boolean nonZero) {
    if (!nonZero) {
      throw Failure.evaluation("division by zero");
    }
  }

  private static long power(long base, long exponent) {
    if (exponent < 0) {
      throw Failure.unsupported("negative powers are not supported");
    }
    long result = 1;
    long square = base;
    for (long e = exponent; e > 0; e >>= 1) {
      if ((e & 1) == 1) {
        result = Math.multiplyExact(result, square);
      }
      if (e > 1) {
        square = Math.multiplyExact(square, square);
      }
    }
    return result;
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
    long n = toLong(value);
    if (negative && n == Long.MIN_VALUE) {
      throw Failure.unsupported("integers of more than 64 bits are not supported");
    }
    return negative ? -n : n;
  }
}
