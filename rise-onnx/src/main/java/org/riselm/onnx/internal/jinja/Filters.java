package org.riselm.onnx.internal.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jinja's filters, by name; those of sequences are in {@link SequenceFilters}. */
final class Filters {
  /** What a filter does to a value. */
  interface Filter {
    Object apply(Object value, Arguments arguments, Operations operations);
  }

  private static final Map<String, Filter> TEXTS =
      Map.ofEntries(
          Map.entry("trim", Filters::trim),
          Map.entry("lower", (v, a, r) -> plain("lower", v, a, r, Strings::lower)),
          Map.entry("upper", (v, a, r) -> plain("upper", v, a, r, Strings::upper)),
          Map.entry("capitalize", (v, a, r) -> plain("capitalize", v, a, r, Strings::capitalize)),
          Map.entry("title", (v, a, r) -> plain("title", v, a, r, Strings::titleWords)),
          Map.entry("replace", Filters::replace),
          Map.entry("string", Filters::string),
          Map.entry("safe", Filters::safe),
          Map.entry("indent", Filters::indent),
          Map.entry("format", Filters::format),
          Map.entry("tojson", (v, a, r) -> Json.write(v, a, r.meter())),
          Map.entry("default", Filters::byDefault),
          Map.entry("d", Filters::byDefault),
          Map.entry("int", Filters::toInteger),
          Map.entry("float", Filters::toFloat),
          Map.entry("abs", Filters::abs));

  private Filters() {}

  static boolean exists(String name) {
    return find(name) != null;
  }

  private static @Nullable Filter find(String name) {
    Filter filter = TEXTS.get(name);
    return filter == null ? SequenceFilters.ALL.get(name) : filter;
  }

  static Object apply(String name, Object value, Arguments arguments, Operations operations) {
    Filter filter = find(name);
    if (filter == null) {
      throw Failure.unsupported("the filter \"%s\" is not supported", name);
    }
    operations.meter().spend(1);
    return filter.apply(value, arguments, operations);
  }

  private static Object plain(
      String name,
      Object value,
      Arguments arguments,
      Operations operations,
      ProvenanceCodec.Change change) {
    arguments.bind(name);
    String text = operations.str(value);
    operations.meter().spend(text.length());
    String changed = ProvenanceCodec.change(text, change);
    return value instanceof Markup ? new Markup(changed) : changed;
  }

  private static Object trim(Object value, Arguments arguments, Operations operations) {
    Object characters = arguments.bind("trim", "chars").or(0, None.NONE);
    String text = operations.str(value);
    operations.meter().spend(text.length());
    String stripped = Strings.strip(text, characters, true, true);
    return value instanceof Markup ? new Markup(stripped) : stripped;
  }

  private static Object replace(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("replace", "old", "new", "count");
    Object count = bound.or(2, None.NONE);
    return Strings.replace(
        operations.str(value),
        operations.str(bound.get(0)),
        operations.str(bound.get(1)),
        count == None.NONE ? -1 : Values.integer(count, "replace"),
        operations.meter());
  }

  private static Object string(Object value, Arguments arguments, Operations operations) {
    arguments.bind("string");
    return value instanceof Markup ? value : operations.str(value);
  }

  private static Object safe(Object value, Arguments arguments, Operations operations) {
    arguments.bind("safe");
    return new Markup(operations.str(value));
  }

  private static Object format(Object value, Arguments arguments, Operations operations) {
    boolean byName = !arguments.named().isEmpty();
    if (byName && !arguments.positional().isEmpty()) {
      throw Failure.evaluation("format() takes arguments by place or by name, not both");
    }
    if (value instanceof Markup) {
      throw Failure.unsupported("format of what the filter \"safe\" gave is not supported");
    }
    Object values =
        byName
            ? Collections.unmodifiableMap(new LinkedHashMap<Object, Object>(arguments.named()))
            : new Tuple(arguments.positional());
    return PercentFormat.apply(operations.str(value), values, operations.meter());
  }

  private static Object indent(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("indent", "width", "first", "blank");
    Object width = bound.or(0, 4L);
    String by = Values.textOf(width);
    if (by == null) {
      long spaces = Math.max(0, Values.integer(width, "indent"));
      if (spaces > 1000) {
        throw Failure.limit("indent by %d; at most 1000", spaces);
      }
      by = " ".repeat((int) spaces);
    }
    boolean first = Values.isTrue(bound.or(1, false));
    boolean blank = Values.isTrue(bound.or(2, false));
    if (!(value instanceof String text)) {
      if (value instanceof Undefined u) {
        throw u.failure();
      }
      throw value instanceof Markup
          ? Failure.unsupported("indent of what the filter \"safe\" gave is not supported")
          : Failure.evaluation("indent needs a string, found %s", Values.describe(value));
    }
    List<String> lines = Strings.splitLines(text + "\n", false);
    operations.meter().spend(text.length() + (long) lines.size() * by.length());
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      boolean indented = i == 0 ? first : blank || !lines.get(i).isEmpty();
      out.append(i == 0 ? "" : "\n").append(indented ? by : "").append(lines.get(i));
    }
    return out.toString();
  }

  private static Object byDefault(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("default", "default_value", "boolean");
    boolean falsy = Values.isTrue(bound.or(1, false)) && !Values.isTrue(value);
    return value instanceof Undefined || falsy ? bound.or(0, "") : value;
  }

  private static Object toInteger(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("int", "default", "base");
    if (bound.has(1)) {
      throw Failure.unsupported("the filter \"int\" with a base is not supported");
    }
    if (Numbers.isNumber(value) && !(value instanceof Double)) {
      return Numbers.integer(Numbers.exact(value, "int"));
    }
    String text = Values.textOf(value);
    String trimmed = text == null ? "" : ProvenanceCodec.plain(text).strip();
    if (trimmed.matches("[+-]?[0-9]{1,4300}")) {
      return Numbers.integer(new BigInteger(trimmed));
    }
    Double number = number(value);
    if (number == null || number.isNaN() || number.isInfinite()) {
      return bound.or(0, 0L);
    }
    return Numbers.integer(new BigDecimal(number).toBigInteger());
  }

  private static Object toFloat(Object value, Arguments arguments, Operations operations) {
    Object otherwise = arguments.bind("float", "default").or(0, 0.0);
    Double number = number(value);
    return number == null ? otherwise : number;
  }

  /** Python's {@code float(value)}, null where that fails. */
  private static @Nullable Double number(Object value) {
    if (value instanceof Undefined u) {
      throw u.failure();
    }
    if (Numbers.isNumber(value)) {
      return Numbers.toDouble(value);
    }
    String text = Values.textOf(value);
    if (text == null) {
      return null;
    }
    String trimmed = ProvenanceCodec.plain(text).strip();
    if (trimmed.matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?")) {
      return Double.valueOf(trimmed);
    }
    if (trimmed.matches("[a-zA-Z .,:;!?]*") && !trimmed.matches("(?i)[+-]?(nan|inf|infinity)")) {
      return null;
    }
    throw Failure.unsupported("\"%s\" as a number is not supported", trimmed);
  }

  private static Object abs(Object value, Arguments arguments, Operations operations) {
    arguments.bind("abs");
    if (value instanceof Double d) {
      return Math.abs(d);
    }
    return Numbers.integer(Numbers.exact(value, "abs").abs());
  }
}
