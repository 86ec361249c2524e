package org.riselm.onnx.internal.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format % values}. */
final class PercentFormat {
  private static final Pattern FIELD =
      Pattern.compile(
          "%(?:\\((?<key>[^()]*)\\))?(?<flags>[#0 +-]*)(?<width>\\*|[0-9]{0,9})"
              + "(?:\\.(?<precision>\\*|[0-9]{0,9}))?[hlL]?(?<type>.)?",
          Pattern.DOTALL);

  private final Text text;
  private final Object values;
  private int taken;

  private PercentFormat(Meter meter, Object values) {
    this.text = new Text(meter);
    this.values = values;
  }

  /** What {@code format} becomes with {@code values}: a tuple, a dict, or a single value. */
  static String apply(String format, Object values, Meter meter) {
    PercentFormat all = new PercentFormat(meter, values);
    Matcher field = FIELD.matcher(ProvenanceCodec.plain(format));
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (field.find(from)) {
      String written = all.field(field);
      meter.spend(1L + written.length());
      out.append(format, from, field.start()).append(written);
      from = field.end();
    }
    boolean isSubscriptable = values instanceof Map || values instanceof List;
    if (!isSubscriptable && all.taken < all.count()) {
      throw Failure.evaluation("not all values are used by the format");
    }
    return out.append(format, from, format.length()).toString();
  }

  private int count() {
    return values instanceof Tuple tuple ? tuple.items().size() : 1;
  }

  private Object next() {
    if (taken == count()) {
      throw Failure.evaluation("there are fewer values than the format has fields");
    }
    Object next = values instanceof Tuple tuple ? tuple.items().get(taken) : values;
    taken++;
    return next;
  }

  private int size(String written) {
    if (written.equals("*")) {
      throw Failure.unsupported("a width or precision \"*\" is not supported");
    }
    return written.isEmpty() ? 0 : Integer.parseInt(written);
  }

  private String field(Matcher field) {
    String type = field.group("type");
    if (type == null) {
      throw Failure.evaluation("the format is incomplete");
    }
    String flags = field.group("flags");
    String precision = field.group("precision");
    boolean left = flags.indexOf('-') >= 0;
    boolean zeros = flags.indexOf('0') >= 0 && !left && "sra".indexOf(type.charAt(0)) < 0;
    FormatSpec spec =
        new FormatSpec(
            zeros ? '0' : ' ',
            left ? '<' : zeros ? '=' : '>',
            flags.indexOf('+') >= 0 ? '+' : flags.indexOf(' ') >= 0 ? ' ' : '-',
            flags.indexOf('#') >= 0,
            size(field.group("width")),
            (char) 0,
            precision == null ? -1 : size(precision),
            type.charAt(0));
    if (type.equals("%")) {
      return "%";
    }
    Object value = field.group("key") == null ? next() : ofKey(field.group("key"));
    return switch (type) {
      case "s" -> spec.text(text.str(value));
      case "r" -> spec.text(text.repr(value));
      case "d", "i", "u", "x", "X", "o" -> integer(spec, value);
      case "f", "F", "e", "E" -> spec.real(real(value));
      default -> throw Failure.unsupported("the format \"%%%s\" is not supported", type);
    };
  }

  private Object ofKey(String key) {
    if (!(values instanceof Map<?, ?> dict)) {
      throw Failure.evaluation("a format with names needs a dict");
    }
    Object value = dict.get(key);
    if (value == null) {
      throw Failure.evaluation("the format's \"%s\" is not in the dict", key);
    }
    return value;
  }

  private static String integer(FormatSpec spec, Object value) {
    if (spec.precision() >= 0) {
      throw Failure.unsupported("integers with a precision are not supported");
    }
    if (value instanceof Double d && "diu".indexOf(spec.type()) >= 0) {
      if (d.isNaN() || d.isInfinite()) {
        throw Failure.evaluation("%s is no integer", d);
      }
      return spec.integer(new BigDecimal(d).toBigInteger());
    }
    BigInteger n = Numbers.exact(value, "the format");
    return spec.integer(n);
  }

  private static double real(Object value) {
    if (!Numbers.isNumber(value)) {
      throw Failure.evaluation("the format needs a number, found %s", Values.describe(value));
    }
    return Numbers.toDouble(value);
  }
}
