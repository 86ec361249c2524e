package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code value.name}, {@code value[key]} and {@code value[a:b]} give. As in Jinja, a name
 * after a dot is a method before it is a key of a dict, and a key in brackets is a key first.
 */
final class Attributes {
  // The public attributes of Python's types. Those that no method implements are refused; the rest
  // of the names do not exist, so that a dict's key or an undefined value takes their place.
  private static final Map<String, Set<String>> NAMES =
      Map.of(
          "str",
          words(
              "capitalize casefold center count encode endswith expandtabs find format format_map"
                  + " index isalnum isalpha isascii isdecimal isdigit isidentifier islower"
                  + " isnumeric isprintable isspace istitle isupper join ljust lower lstrip"
                  + " maketrans partition removeprefix removesuffix replace rfind rindex rjust"
                  + " rpartition rsplit rstrip split splitlines startswith strip swapcase title"
                  + " translate upper zfill"),
          "list",
          words("append clear copy count extend index insert pop remove reverse sort"),
          "tuple",
          words("count index"),
          "dict",
          words("clear copy fromkeys get items keys pop popitem setdefault update values"),
          "int",
          words(
              "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag"
                  + " numerator real to_bytes is_integer"),
          "float",
          words("as_integer_ratio conjugate fromhex hex imag is_integer real"),
          "range",
          words("count index start step stop"),
          "generator",
          words("close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw"));

  private final Meter meter;

  Attributes(Meter meter) {
    this.meter = meter;
  }

  private static Set<String> words(String text) {
    return Set.of(text.split(" "));
  }

  /** {@code object.name}. */
  Object attribute(Object object, String name) {
    requireUsable(object);
    requireHarmless(name);
    Object own = own(object, name);
    if (own != null) {
      return own;
    }
    Object item = object instanceof Map<?, ?> dict ? dict.get(name) : null;
    return item == null ? missing(object, name) : item;
  }

  /** {@code object[key]}. */
  Object item(Object object, Object key) {
    requireUsable(object);
    Object item = ofKey(object, key);
    if (item != null) {
      return item;
    }
    String text = Values.textOf(key);
    if (text != null) {
      String name = ProvenanceCodec.plain(text);
      requireHarmless(name);
      Object own = own(object, name);
      return own == null ? missing(object, name) : own;
    }
    return new Undefined("%s has no such element".formatted(Values.describe(object)));
  }

  private static void requireUsable(Object object) {
    if (object instanceof Undefined u) {
      throw u.failure();
    }
  }

  private static void requireHarmless(String name) {
    if (name.startsWith("__")) {
      throw Failure.unsupported("the attribute \"%s\" is not supported", name);
    }
  }

  private static Undefined missing(Object object, String name) {
    return new Undefined("%s has no attribute \"%s\"".formatted(Values.describe(object), name));
  }

  private @Nullable Object own(Object object, String name) {
    if (object instanceof Namespace namespace) {
      return namespace.get(name);
    }
    if (object instanceof Loop loop) {
      return loop.attribute(name);
    }
    if (object instanceof Callable) {
      throw Failure.unsupported("attributes of functions are not supported: \"%s\"", name);
    }
    String type = Values.typeName(object);
    if (type.startsWith("dict_")) {
      throw Failure.unsupported("attributes of a dict's %s are not supported", type);
    }
    if (!NAMES.getOrDefault(type.equals("bool") ? "int" : type, Set.of()).contains(name)) {
      return null;
    }
    return Methods.of(object, name, meter);
  }

  private @Nullable Object ofKey(Object object, Object key) {
    if (object instanceof Map<?, ?> dict) {
      return key instanceof List || key instanceof Map ? null : dict.get(Values.key(key));
    }
    String text = Values.textOf(object);
    if (!(key instanceof Long || key instanceof Boolean)) {
      return null;
    }
    long index = Values.integer(key, "an index");
    if (text != null) {
      meter.spend(1 + text.length() / 16);
      long at = index < 0 ? index + Characters.length(text) : index;
      if (at < 0 || at >= Characters.length(text)) {
        return null;
      }
      int from = text.offsetByCodePoints(0, (int) at);
      return rewrap(object, Character.toString(text.codePointAt(from)));
    }
    List<Object> items = sequence(object);
    if (items == null) {
      return null;
    }
    long at = index < 0 ? index + items.size() : index;
    return at < 0 || at >= items.size() ? null : items.get((int) at);
  }

  private @Nullable List<Object> sequence(Object object) {
    if (object instanceof Range range) {
      meter.spend(range.size());
    }
    return object instanceof List || object instanceof Tuple || object instanceof Range
        ? Values.items(object)
        : null;
  }

  private static Object rewrap(Object like, String text) {
    return like instanceof Markup ? new Markup(text) : text;
  }

  /** {@code object[start:stop:step]}; a part that is left out is None. */
  Object slice(Object object, Object start, Object stop, Object step) {
    requireUsable(object);
    String text = Values.textOf(object);
    List<Object> items = text == null ? sequence(object) : null;
    if (text == null && items == null) {
      throw Failure.evaluation("%s cannot be sliced", Values.describe(object));
    }
    int size = text == null ? items == null ? 0 : items.size() : Characters.length(text);
    meter.spend(1 + (text == null ? size : text.length()));
    long given = step == None.NONE ? 1 : Values.integer(step, "a slice's step");
    long by = Math.max(-size - 1L, Math.min(given, size + 1L));
    if (given == 0) {
      throw Failure.evaluation("a slice's step is zero");
    }
    long from = bound(start, by > 0 ? 0 : size - 1, size, by);
    long to = bound(stop, by > 0 ? size : -1, size, by);
    if (text != null) {
      return rewrap(object, slice(text, from, to, by));
    }
    List<Object> out = new ArrayList<>();
    if (items != null) {
      for (long i = from; by > 0 ? i < to : i > to; i += by) {
        out.add(items.get((int) i));
      }
    }
    if (object instanceof Range) {
      throw Failure.unsupported("slices of a range are not supported");
    }
    return object instanceof Tuple ? new Tuple(out) : Collections.unmodifiableList(out);
  }

  // As Python clips: into the sequence, or just outside its end on either side. The step is
  // bounded by the size too, so that adding it cannot overflow.
  private static long bound(Object value, long otherwise, int size, long step) {
    if (value == None.NONE) {
      return otherwise;
    }
    long index = Values.integer(value, "a slice's bound");
    if (index < 0) {
      index = Math.max(index, -size - 1L) + size;
    }
    return step > 0 ? Math.max(0, Math.min(index, size)) : Math.max(-1, Math.min(index, size - 1L));
  }

  private static String slice(String text, long from, long to, long by) {
    if (by == 1) {
      if (from >= to) {
        return "";
      }
      int start = text.offsetByCodePoints(0, (int) from);
      return text.substring(start, text.offsetByCodePoints(start, (int) (to - from)));
    }
    int[] characters = text.codePoints().toArray();
    StringBuilder out = new StringBuilder();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      out.appendCodePoint(characters[(int) i]);
    }
    return out.toString();
  }
}
