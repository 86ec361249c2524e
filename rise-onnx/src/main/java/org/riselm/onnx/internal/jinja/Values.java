package org.riselm.onnx.internal.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of templates, which behave as Python's do: {@link None}, {@link Boolean}, {@link
 * Long}, {@link Double}, {@link String}, {@link List}, {@link Tuple}, {@link Map}, and a few that
 * only templates make.
 */
final class Values {
  private Values() {}

  /**
   * {@code value} as a template sees it, {@link UserText} in shadows if it is {@code tracing}.
   *
   * @throws IllegalArgumentException if it is of a type that templates do not know
   */
  static Object fromJava(@Nullable Object value, String name, boolean tracing) {
    if (value == null) {
      return None.NONE;
    }
    if (value instanceof String text) {
      return ProvenanceCodec.wellFormed(text);
    }
    if (value instanceof UserText data) {
      String text = ProvenanceCodec.wellFormed(data.text());
      return tracing ? ProvenanceCodec.of(text) : text;
    }
    if (value instanceof Boolean || value instanceof Long) {
      return value;
    }
    if (value instanceof BigInteger n) {
      return Numbers.integer(n);
    }
    if (value instanceof Integer i) {
      return i.longValue();
    }
    if (value instanceof Double || value instanceof Float) {
      return ((Number) value).doubleValue();
    }
    if (value instanceof List<?> list) {
      List<Object> out = new ArrayList<>();
      list.forEach(item -> out.add(fromJava(item, name, tracing)));
      return Collections.unmodifiableList(out);
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> out = new LinkedHashMap<>();
      map.forEach((k, v) -> out.put(requireString(k, name), fromJava(v, name, tracing)));
      return Collections.unmodifiableMap(out);
    }
    throw new IllegalArgumentException(
        "%s holds a %s; templates take null, Boolean, Integer, Long, BigInteger, Double, String, Data, List and Map"
            .formatted(name, value.getClass().getName()));
  }

  private static String requireString(@Nullable Object key, String name) {
    if (key instanceof String s) {
      return ProvenanceCodec.wellFormed(s);
    }
    throw new IllegalArgumentException(name + " holds a map with a key that is no string: " + key);
  }

  static boolean isTrue(Object value) {
    if (value instanceof Boolean b) {
      return b;
    }
    if (value instanceof BigInteger) {
      return true;
    }
    if (value instanceof Number n) {
      return n.doubleValue() != 0;
    }
    if (value == None.NONE || value instanceof Undefined) {
      return false;
    }
    String text = textOf(value);
    return text == null ? length(value) != 0 : !text.isEmpty();
  }

  /** The length of what has one, otherwise -1. */
  static int length(Object value) {
    String text = textOf(value);
    if (text != null) {
      return Characters.length(text);
    }
    if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    if (value instanceof DictView view) {
      return view.dict().size();
    }
    if (value instanceof Range range) {
      return range.size();
    }
    List<Object> items = items(value);
    return items == null ? -1 : items.size();
  }

  /** The text of a string, otherwise null. */
  static @Nullable String textOf(Object value) {
    if (value instanceof String s) {
      return s;
    }
    return value instanceof Markup m ? m.text() : null;
  }

  /** The items of a list, tuple, dict, view, range or undefined value; otherwise null. */
  @SuppressWarnings("unchecked") // Every List here was made by this package.
  static @Nullable List<Object> items(Object value) {
    if (value instanceof List<?> list) {
      return (List<Object>) list;
    }
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    if (value instanceof Map<?, ?> map) {
      return List.copyOf(map.keySet());
    }
    if (value instanceof DictView view) {
      return view.list();
    }
    if (value instanceof Range range) {
      return range.items();
    }
    return value instanceof Undefined ? List.of() : null;
  }

  static boolean isIterable(Object value) {
    return textOf(value) != null
        || value instanceof OneShot
        || value instanceof Loop
        || items(value) != null;
  }

  /** The items of anything that can be iterated over. */
  static Iterator<Object> iterate(Object value, Meter meter) {
    if (value instanceof OneShot shot) {
      return shot.items();
    }
    String text = textOf(value);
    if (text != null) {
      meter.spend(text.length());
      return text.codePoints().<Object>mapToObj(Character::toString).iterator();
    }
    if (value instanceof Loop) {
      throw Failure.unsupported("iterating over \"loop\" is not supported");
    }
    List<Object> items = items(value);
    if (items == null) {
      throw Failure.evaluation("%s cannot be iterated over", describe(value));
    }
    meter.spend(items.size());
    return items.iterator();
  }

  static List<Object> list(Object value, Meter meter) {
    List<Object> out = new ArrayList<>();
    Iterator<Object> items = iterate(value, meter);
    while (items.hasNext()) {
      meter.spend(1);
      out.add(items.next());
    }
    return Collections.unmodifiableList(out);
  }

  static String string(Object value, String what) {
    String text = textOf(value);
    if (text == null) {
      throw value instanceof Undefined u
          ? u.failure()
          : Failure.evaluation("%s needs a string, found %s", what, describe(value));
    }
    return text;
  }

  static long integer(Object value, String what) {
    if (value instanceof Long n) {
      return n;
    }
    if (value instanceof Boolean b) {
      return b ? 1 : 0;
    }
    if (value instanceof BigInteger) {
      throw Failure.unsupported("%s of an integer of more than 64 bits is not supported", what);
    }
    throw value instanceof Undefined u
        ? u.failure()
        : Failure.evaluation("%s needs an integer, found %s", what, describe(value));
  }

  /** {@code key} as a dict keeps it. */
  static Object key(Object key) {
    String text = textOf(key);
    if (text != null) {
      return ProvenanceCodec.plain(text);
    }
    if (key instanceof Long || key instanceof BigInteger || key == None.NONE) {
      return key;
    }
    if (key instanceof Undefined) {
      return Undefined.KEY;
    }
    if (key instanceof List || key instanceof Map) {
      throw Failure.evaluation("%s cannot be a key", describe(key));
    }
    throw Failure.unsupported("%s as a key is not supported", describe(key));
  }

  /** The name of the value's type, for an error message. */
  static String describe(Object value) {
    if (value instanceof Undefined u) {
      return "an undefined value (" + u.why() + ")";
    }
    if (value == None.NONE) {
      return "none";
    }
    return "a value of type " + typeName(value);
  }

  /** Python's name of the value's type. */
  static String typeName(Object value) {
    if (textOf(value) != null) {
      return "str";
    } else if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof Long || value instanceof BigInteger) {
      return "int";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof List) {
      return "list";
    } else if (value instanceof Tuple) {
      return "tuple";
    } else if (value instanceof Map) {
      return "dict";
    } else if (value instanceof Range) {
      return "range";
    } else if (value instanceof DictView view) {
      return "dict_" + view.kind();
    } else if (value instanceof OneShot) {
      return "generator";
    } else if (value instanceof Namespace) {
      return "namespace";
    } else if (value instanceof Loop) {
      return "loop";
    }
    return value == None.NONE ? "NoneType" : "function";
  }
}
