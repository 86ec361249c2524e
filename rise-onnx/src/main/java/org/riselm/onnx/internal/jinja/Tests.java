package org.riselm.onnx.internal.jinja;

import java.util.List;
import java.util.Map;

/** Jinja's tests, by name. */
final class Tests {
  private interface Test {
    boolean holds(Object value, Arguments arguments, Operations operations);
  }

  private interface Property {
    boolean of(Object value);
  }

  private interface Relation {
    boolean between(Object value, Object other, Operations operations);
  }

  private static final Map<String, Test> ALL =
      Map.ofEntries(
          property("defined", v -> !(v instanceof Undefined)),
          property("undefined", v -> v instanceof Undefined),
          property("none", v -> v == None.NONE),
          property("boolean", v -> v instanceof Boolean),
          property("true", v -> Boolean.TRUE.equals(v)),
          property("false", v -> Boolean.FALSE.equals(v)),
          property("integer", v -> v instanceof Long),
          property("float", v -> v instanceof Double),
          property("number", Numbers::isNumber),
          property("string", v -> Values.textOf(v) != null),
          property("mapping", v -> v instanceof Map),
          property("sequence", Tests::isSequence),
          property("iterable", Values::isIterable),
          property("callable", v -> v instanceof Callable || v instanceof Loop),
          property("odd", v -> remainder(v, 2L) == 1),
          property("even", v -> remainder(v, 2L) == 0),
          Map.entry("lower", (v, a, r) -> cased("lower", v, a, r)),
          Map.entry("upper", (v, a, r) -> cased("upper", v, a, r)),
          relation("divisibleby", (v, o, r) -> remainder(v, o) == 0),
          relation("sameas", (v, o, r) -> same(v, o)),
          relation("in", (v, o, r) -> r.equality().contains(o, v)),
          relation("eq", (v, o, r) -> r.equality().equal(v, o)),
          relation("equalto", (v, o, r) -> r.equality().equal(v, o)),
          relation("==", (v, o, r) -> r.equality().equal(v, o)),
          relation("ne", (v, o, r) -> !r.equality().equal(v, o)),
          relation("!=", (v, o, r) -> !r.equality().equal(v, o)),
          relation("lt", (v, o, r) -> r.compare("<", v, o)),
          relation("lessthan", (v, o, r) -> r.compare("<", v, o)),
          relation("<", (v, o, r) -> r.compare("<", v, o)),
          relation("le", (v, o, r) -> r.compare("<=", v, o)),
          relation("<=", (v, o, r) -> r.compare("<=", v, o)),
          relation("gt", (v, o, r) -> r.compare(">", v, o)),
          relation("greaterthan", (v, o, r) -> r.compare(">", v, o)),
          relation(">", (v, o, r) -> r.compare(">", v, o)),
          relation("ge", (v, o, r) -> r.compare(">=", v, o)),
          relation(">=", (v, o, r) -> r.compare(">=", v, o)));

  private Tests() {}

  static boolean exists(String name) {
    return ALL.containsKey(name);
  }

  static boolean apply(String name, Object value, Arguments arguments, Operations operations) {
    Test test = ALL.get(name);
    if (test == null) {
      throw Failure.unsupported("the test \"%s\" is not supported", name);
    }
    operations.meter().spend(1);
    return test.holds(value, arguments, operations);
  }

  private static Map.Entry<String, Test> property(String name, Property property) {
    return Map.entry(
        name,
        (value, arguments, operations) -> {
          arguments.bind(name);
          return property.of(value);
        });
  }

  private static Map.Entry<String, Test> relation(String name, Relation relation) {
    return Map.entry(
        name,
        (value, arguments, operations) ->
            relation.between(value, arguments.bind(name, "other").get(0), operations));
  }

  private static boolean isSequence(Object value) {
    return Values.textOf(value) != null
        || value instanceof List
        || value instanceof Tuple
        || value instanceof Map
        || value instanceof Range
        || value instanceof Undefined;
  }

  private static long remainder(Object value, Object by) {
    if (value instanceof Double || by instanceof Double) {
      throw Failure.unsupported("remainders of floats are not supported");
    }
    if (value instanceof String) {
      throw Failure.unsupported("formatting with \"%%\" is not supported");
    }
    long divisor = Values.integer(by, "a remainder");
    if (divisor == 0) {
      throw Failure.evaluation("division by zero");
    }
    return Math.floorMod(Values.integer(value, "a remainder"), divisor);
  }

  private static boolean cased(
      String name, Object value, Arguments arguments, Operations operations) {
    arguments.bind(name);
    String text = operations.str(value);
    operations.meter().spend(text.length());
    return Strings.isCased(ProvenanceCodec.plain(text), name.equals("lower"));
  }

  // Whether two equal numbers or strings are one object is Python's own affair.
  private static boolean same(Object a, Object b) {
    boolean decided = a instanceof Boolean || a == None.NONE || b instanceof Boolean;
    if (!decided && b != None.NONE) {
      throw Failure.unsupported("\"sameas\" is supported for true, false and none");
    }
    return a.equals(b);
  }
}
