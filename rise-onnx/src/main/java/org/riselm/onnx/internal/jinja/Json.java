package org.riselm.onnx.internal.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filter {@code tojson}: Python's {@code json.dumps} as transformers calls it. */
final class Json {
  private final Meter meter;
  private final boolean ascii;
  private final @Nullable String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sorted;

  private Json(Meter meter, Arguments.Bound options) {
    this.meter = meter;
    this.ascii = options.has(0) && Values.isTrue(options.get(0));
    this.indent = indent(options.or(1, None.NONE));
    Object separators = options.or(2, None.NONE);
    if (separators == None.NONE) {
      itemSeparator = indent == null ? ", " : ",";
      keySeparator = ": ";
    } else {
      List<Object> pair = Values.items(separators);
      if (pair == null || pair.size() != 2) {
        throw Failure.evaluation("tojson() needs two separators");
      }
      itemSeparator = Values.string(pair.get(0), "tojson()");
      keySeparator = Values.string(pair.get(1), "tojson()");
    }
    this.sorted = options.has(3) && Values.isTrue(options.get(3));
  }

  static String write(Object value, Arguments arguments, Meter meter) {
    Arguments.Bound options =
        arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
    StringBuilder out = new StringBuilder();
    new Json(meter, options).write(value, out, 0);
    return out.toString();
  }

  private static @Nullable String indent(Object value) {
    if (value == None.NONE) {
      return null;
    }
    String text = Values.textOf(value);
    if (text != null) {
      return text;
    }
    long width = Values.integer(value, "tojson()'s indent");
    if (width > 100) {
      throw Failure.limit("tojson() indents by %d; at most 100", width);
    }
    return " ".repeat((int) Math.max(0, width));
  }

  private void write(Object value, StringBuilder out, int depth) {
    Meter.requireShallow(depth);
    meter.spend(1);
    String text = Values.textOf(value);
    if (text != null) {
      quoted(text, out);
    } else if (value == None.NONE) {
      out.append("null");
    } else if (value instanceof Boolean b) {
      out.append(b.booleanValue());
    } else if (value instanceof Long || value instanceof BigInteger) {
      out.append(value);
    } else if (value instanceof Double d) {
      out.append(number(d));
    } else if (value instanceof List<?> list) {
      list(list, out, depth);
    } else if (value instanceof Tuple tuple) {
      list(tuple.items(), out, depth);
    } else if (value instanceof Map<?, ?> dict) {
      dict(dict, out, depth);
    } else {
      throw Failure.evaluation("%s cannot be written as JSON", Values.describe(value));
    }
  }

  private static String number(double d) {
    if (Double.isNaN(d)) {
      return "NaN";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "Infinity" : "-Infinity";
    }
    return Text.number(d);
  }

  private void list(List<?> items, StringBuilder out, int depth) {
    out.append('[');
    boolean first = true;
    for (Object item : items) {
      next(first, out, depth);
      write(item, out, depth + 1);
      first = false;
    }
    end(first, out, depth);
    out.append(']');
  }

  private void dict(Map<?, ?> dict, StringBuilder out, int depth) {
    List<Object> keys = new ArrayList<>(dict.keySet());
    if (sorted) {
      keys.sort(new Equality(meter).order());
    }
    out.append('{');
    boolean first = true;
    for (Object key : keys) {
      next(first, out, depth);
      if (key instanceof Undefined) {
        throw Failure.evaluation("%s cannot be a key in JSON", Values.describe(key));
      } else if (key instanceof String s) {
        quoted(s, out);
      } else {
        // A dict's other keys are integers and None.
        out.append('"').append(key == None.NONE ? "null" : key.toString()).append('"');
      }
      out.append(keySeparator);
      Object value = dict.get(key);
      write(value == null ? None.NONE : value, out, depth + 1);
      first = false;
    }
    end(first, out, depth);
    out.append('}');
  }

  private void next(boolean first, StringBuilder out, int depth) {
    if (!first) {
      out.append(itemSeparator);
    }
    newLine(out, depth + 1);
  }

  private void end(boolean empty, StringBuilder out, int depth) {
    if (!empty) {
      newLine(out, depth);
    }
  }

  private void newLine(StringBuilder out, int depth) {
    if (indent != null) {
      meter.spend((long) indent.length() * depth);
      out.append('\n').append(indent.repeat(depth));
    }
  }

  private void quoted(String text, StringBuilder out) {
    meter.spend(text.length());
    out.append('"');
    text.codePoints()
        .forEach(c -> out.append(ProvenanceCodec.like(c, escaped(ProvenanceCodec.plain(c)))));
    out.append('"');
  }

  private String escaped(int c) {
    return switch (c) {
      case '"', '\\' -> "\\" + (char) c;
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      default -> {
        String written = Character.toString(c);
        if (c >= 0x20 && !(ascii && c > 0x7e)) {
          yield written;
        }
        StringBuilder out = new StringBuilder();
        written.chars().forEach(unit -> out.append("\\u%04x".formatted(unit)));
        yield out.toString();
      }
    };
  }
}
