package org.riselm.onnx.internal.jinja;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The functions that every template can call: Jinja's own, and those of transformers. */
final class Globals {
  private Globals() {}

  static Map<String, Object> of(Operations operations) {
    return Map.of(
        "raise_exception",
        (Callable)
            a -> {
              Object message = a.bind("raise_exception", "message").get(0);
              throw Failure.raised(ProvenanceCodec.plain(operations.str(message)));
            },
        "strftime_now",
        (Callable)
            a -> {
              String format = a.bind("strftime_now", "format").string(0);
              return Strftime.format(ProvenanceCodec.plain(format), operations.now());
            },
        "namespace",
        (Callable) Globals::namespace,
        "dict",
        (Callable) Globals::dict,
        "range",
        (Callable) Globals::range,
        "cycler",
        unsupported("cycler"),
        "joiner",
        unsupported("joiner"),
        "lipsum",
        unsupported("lipsum"));
  }

  private static Callable unsupported(String name) {
    return arguments -> {
      throw Failure.unsupported("%s() is not supported", name);
    };
  }

  private static Object namespace(Arguments arguments) {
    Namespace namespace = new Namespace();
    pairs("namespace", arguments).forEach((k, v) -> namespace.set(Values.string(k, "a name"), v));
    return namespace;
  }

  private static Object dict(Arguments arguments) {
    return Collections.unmodifiableMap(pairs("dict", arguments));
  }

  private static Map<Object, Object> pairs(String function, Arguments arguments) {
    Map<Object, Object> out = new LinkedHashMap<>();
    if (arguments.positional().size() > 1) {
      throw Failure.evaluation("%s() takes one argument by place", function);
    }
    for (Object value : arguments.positional()) {
      if (!(value instanceof Map<?, ?> map)) {
        throw Failure.unsupported("%s() of %s is not supported", function, Values.describe(value));
      }
      out.putAll(map);
    }
    out.putAll(arguments.named());
    return out;
  }

  private static Object range(Arguments arguments) {
    Methods.requireByPlace(arguments, "range");
    Arguments.Bound bound = arguments.bind("range", "start", "stop", "step");
    long first = Values.integer(bound.get(0), "range()");
    if (!bound.has(1)) {
      return Range.of(0, first, 1);
    }
    return Range.of(first, bound.integer(1, 0), bound.integer(2, 1));
  }
}
