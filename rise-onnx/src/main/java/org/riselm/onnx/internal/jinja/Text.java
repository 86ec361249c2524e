package org.riselm.onnx.internal.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import java.util.Map;

/** Python's {@code str} and {@code repr}. */
final class Text {
  private final Meter meter;

  Text(Meter meter) {
    this.meter = meter;
  }

  /** What {@code value} is where it is written out. */
  String str(Object value) {
    String text = Values.textOf(value);
    if (text != null) {
      return text;
    }
    if (value instanceof Undefined) {
      return "";
    }
    return repr(value);
  }

  /** Python's {@code repr}. */
  String repr(Object value) {
    StringBuilder out = new StringBuilder();
    repr(value, out, 0);
    return out.toString();
  }

  private void repr(Object value, StringBuilder out, int depth) {
    Meter.requireShallow(depth);
    meter.spend(1);
    if (value instanceof String s) {
      quoted(s, out);
    } else if (value instanceof Boolean b) {
      out.append(b ? "True" : "False");
    } else if (value == None.NONE) {
      out.append("None");
    } else if (value instanceof Long || value instanceof BigInteger) {
      out.append(value);
    } else if (value instanceof Double d) {
      out.append(number(d));
    } else if (value instanceof List<?> list) {
      items(list, "[", "]", out, depth);
    } else if (value instanceof Tuple tuple) {
      items(tuple.items(), "(", tuple.items().size() == 1 ? ",)" : ")", out, depth);
    } else if (value instanceof Map<?, ?> dict) {
      dict(dict, out, depth);
    } else if (value instanceof DictView view) {
      items(view.list(), "dict_" + view.kind() + "([", "])", out, depth);
    } else if (value instanceof Range r) {
      String step = r.step() == 1 ? "" : ", " + r.step();
      out.append("range(%d, %d%s)".formatted(r.start(), r.stop(), step));
    } else if (value instanceof Undefined) {
      out.append("Undefined");
    } else {
      throw Failure.unsupported("writing out %s is not supported", Values.describe(value));
    }
  }

  private void items(List<?> items, String open, String close, StringBuilder out, int depth) {
    out.append(open);
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      repr(items.get(i), out, depth + 1);
    }
    out.append(close);
  }

  private void dict(Map<?, ?> dict, StringBuilder out, int depth) {
    out.append('{');
    String between = "";
    for (Map.Entry<?, ?> e : dict.entrySet()) {
      out.append(between);
      repr(e.getKey(), out, depth + 1);
      out.append(": ");
      repr(e.getValue(), out, depth + 1);
      between = ", ";
    }
    out.append('}');
  }

  private void quoted(String text, StringBuilder out) {
    meter.spend(text.length());
    String seen = ProvenanceCodec.plain(text);
    char quote = seen.indexOf('\'') >= 0 && seen.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    text.codePoints()
        .forEach(
            c -> out.append(ProvenanceCodec.like(c, written(ProvenanceCodec.plain(c), quote))));
    out.append(quote);
  }

  private static String written(int c, char quote) {
    if (c == quote || c == '\\') {
      return "\\" + (char) c;
    } else if (c == '\n') {
      return "\\n";
    } else if (c == '\r') {
      return "\\r";
    } else if (c == '\t') {
      return "\\t";
    } else if (isPrintable(c)) {
      return Character.toString(c);
    } else if (c < 0x100) {
      return "\\x%02x".formatted(c);
    }
    return (c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c);
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /** The shortest decimal number that reads back as {@code d}, written as Python does. */
  static String number(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = new BigDecimal(d);
    for (int digits = 1; digits <= 17; digits++) {
      shortest = new BigDecimal(d).round(new MathContext(digits));
      if (shortest.doubleValue() == d) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = shortest.unscaledValue().abs().toString();
    return "%s%s%s%se%s%02d"
        .formatted(
            d < 0 ? "-" : "",
            digits.charAt(0),
            digits.length() > 1 ? "." : "",
            digits.substring(1),
            exponent < 0 ? "-" : "+",
            Math.abs(exponent));
  }
}
