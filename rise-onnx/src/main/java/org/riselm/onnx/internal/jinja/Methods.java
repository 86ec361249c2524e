package org.riselm.onnx.internal.jinja;

import java.util.List;
import java.util.Map;

/** The methods of lists, tuples and dicts; those of strings are in {@link StringMethods}. */
final class Methods {
  private Methods() {}

  /** The method {@code name} of {@code object}, whose type in Python has one. */
  static Callable of(Object object, String name, Meter meter) {
    String text = Values.textOf(object);
    if (text != null) {
      if (object instanceof Markup) {
        throw Failure.unsupported(
            "the method \"%s\" of what the filter \"safe\" gave is not supported", name);
      }
      return StringMethods.of(text, name, meter);
    }
    if (object instanceof Map<?, ?> dict) {
      return ofDict(dict, name);
    }
    List<Object> items = Values.items(object);
    if (items != null && !(object instanceof Range)) {
      return ofItems(items, object, name, new Equality(meter));
    }
    throw unsupported(object, name);
  }

  private static Failure unsupported(Object object, String name) {
    return Failure.unsupported(
        "the method \"%s\" of %s is not supported", name, Values.describe(object));
  }

  private static Callable ofDict(Map<?, ?> dict, String name) {
    return switch (name) {
      case "keys", "values", "items" ->
          arguments -> {
            arguments.bind(name);
            return new DictView(name, dict);
          };
      case "get" ->
          arguments -> {
            requireByPlace(arguments, name);
            Arguments.Bound bound = arguments.bind(name, "key", "default");
            Object value = dict.get(Values.key(bound.get(0)));
            return value == null ? bound.or(1, None.NONE) : value;
          };
      case "copy" ->
          arguments -> {
            arguments.bind(name);
            return dict;
          };
      default -> throw unsupported(dict, name);
    };
  }

  private static Callable ofItems(
      List<Object> items, Object object, String name, Equality equality) {
    return switch (name) {
      case "count" ->
          arguments -> {
            Object item = arguments.bind(name, "value").get(0);
            return items.stream().filter(i -> equality.equal(i, item)).count();
          };
      case "index" ->
          arguments -> {
            Object item = arguments.bind(name, "value").get(0);
            for (int i = 0; i < items.size(); i++) {
              if (equality.equal(items.get(i), item)) {
                return (long) i;
              }
            }
            throw Failure.evaluation("the value is not in the list");
          };
      case "copy" ->
          arguments -> {
            arguments.bind(name);
            return object;
          };
      default -> throw unsupported(object, name);
    };
  }

  /** Python's built-in methods do not take these arguments by name. */
  static void requireByPlace(Arguments arguments, String name) {
    if (!arguments.named().isEmpty()) {
      throw Failure.evaluation("%s() takes no arguments by name", name);
    }
  }
}
