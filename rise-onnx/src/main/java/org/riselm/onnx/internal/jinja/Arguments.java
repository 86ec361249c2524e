package org.riselm.onnx.internal.jinja;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that a call passes, by place and by name. */
record Arguments(List<Object> positional, Map<String, Object> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  static Arguments of(Object... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  /** These values at the places of {@code names}, as Python binds them. */
  Bound bind(String function, String... names) {
    if (positional.size() > names.length) {
      throw Failure.evaluation(
          "%s() takes at most %d arguments, found %d", function, names.length, positional.size());
    }
    @Nullable Object[] values = new @Nullable Object[names.length];
    for (int i = 0; i < positional.size(); i++) {
      values[i] = positional.get(i);
    }
    for (Map.Entry<String, Object> e : named.entrySet()) {
      int i = Arrays.asList(names).indexOf(e.getKey());
      if (i < 0) {
        throw Failure.evaluation("%s() has no argument \"%s\"", function, e.getKey());
      }
      if (values[i] != null) {
        throw Failure.evaluation("%s() gets its argument \"%s\" twice", function, e.getKey());
      }
      values[i] = e.getValue();
    }
    return new Bound(function, names, values);
  }

  /** Arguments at the places of a function's parameters; those left out are null. */
  static final class Bound {
    private final String function;
    private final String[] names;
    private final @Nullable Object[] values;

    private Bound(String function, String[] names, @Nullable Object[] values) {
      this.function = function;
      this.names = names;
      this.values = values;
    }

    boolean has(int i) {
      return values[i] != null;
    }

    Object get(int i) {
      Object value = values[i];
      if (value == null) {
        throw Failure.evaluation("%s() lacks its argument \"%s\"", function, names[i]);
      }
      return value;
    }

    Object or(int i, Object otherwise) {
      Object value = values[i];
      return value == null ? otherwise : value;
    }

    /** The string at {@code i}; one that is not given, or None, is {@code otherwise}. */
    String string(int i) {
      return Values.string(get(i), function);
    }

    long integer(int i, long otherwise) {
      Object value = values[i];
      return value == null ? otherwise : Values.integer(value, function);
    }
  }
}
