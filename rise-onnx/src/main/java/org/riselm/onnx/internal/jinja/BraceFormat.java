package org.riselm.onnx.internal.jinja;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code format.format(...)}. */
final class BraceFormat {
  private static final Pattern SPEC =
      Pattern.compile(
          "(?:(?<fill>.)?(?<align>[<>^=]))?(?<sign>[ +-])?(?<alternate>#)?(?<zero>0)?"
              + "(?<width>[0-9]{0,9})(?<grouping>[,_])?(?:\\.(?<precision>[0-9]{1,9}))?"
              + "(?<type>[a-zA-Z%])?",
          Pattern.DOTALL);
  private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)\\]");

  private final Meter meter;
  private final Text text;
  private final Arguments arguments;
  private int counted;
  private boolean numbered;

  private BraceFormat(Meter meter, Arguments arguments) {
    this.meter = meter;
    this.text = new Text(meter);
    this.arguments = arguments;
  }

  static String apply(String format, Arguments arguments, Meter meter) {
    return new BraceFormat(meter, arguments).write(format, 2);
  }

  private String write(String format, int deep) {
    if (deep < 0) {
      throw Failure.evaluation("the fields of a format are nested too deeply");
    }
    String seen = ProvenanceCodec.plain(format);
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < seen.length()) {
      char c = seen.charAt(i);
      boolean twice = i + 1 < seen.length() && seen.charAt(i + 1) == c;
      if (c == '{' && !twice) {
        int end = end(seen, i);
        out.append(field(seen.substring(i + 1, end), deep));
        i = end + 1;
      } else if (c == '}' && !twice) {
        throw Failure.evaluation("the format has a \"}\" without a \"{\"");
      } else {
        out.append(format.charAt(i));
        i += c == '{' || c == '}' ? 2 : 1;
      }
      meter.spend(1);
    }
    return out.toString();
  }

  private static int end(String seen, int open) {
    int depth = 0;
    for (int i = open; i < seen.length(); i++) {
      depth += seen.charAt(i) == '{' ? 1 : seen.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw Failure.evaluation("the format has a \"{\" without a \"}\"");
  }

  private String field(String field, int deep) {
    int colon = field.indexOf(':');
    String head = colon < 0 ? field : field.substring(0, colon);
    int bang = head.indexOf('!');
    String name = bang < 0 ? head : head.substring(0, bang);
    Object value = value(name);
    if (bang >= 0) {
      value =
          switch (head.substring(bang + 1)) {
            case "s" -> text.str(value);
            case "r" -> text.repr(value);
            default ->
                throw Failure.unsupported("the conversion in \"%s\" is not supported", field);
          };
    }
    // Fields within a specification are numbered behind the one that it is for.
    String spec = colon < 0 ? "" : write(field.substring(colon + 1), deep - 1);
    String written = written(value, spec);
    meter.spend(written.length());
    return written;
  }

  private Object value(String name) {
    int first = 0;
    while (first < name.length() && ".[".indexOf(name.charAt(first)) < 0) {
      first++;
    }
    Object value = root(name.substring(0, first));
    Matcher step = STEP.matcher(name);
    while (first < name.length()) {
      if (!step.find(first) || step.start() != first) {
        throw Failure.evaluation("the field \"%s\" of a format is malformed", name);
      }
      Attributes attributes = new Attributes(meter);
      String attribute = step.group(1);
      value =
          attribute != null
              ? attributes.attribute(value, attribute)
              : attributes.item(value, key(step.group(2)));
      first = step.end();
    }
    return value;
  }

  private static Object key(String written) {
    return written.matches("[0-9]{1,18}") ? (Object) Long.valueOf(written) : written;
  }

  private Object root(String name) {
    if (!name.isEmpty() && !name.matches("[0-9]{1,9}")) {
      Object value = arguments.named().get(name);
      if (value == null) {
        throw Failure.evaluation("format() has no argument \"%s\"", name);
      }
      return value;
    }
    if (name.isEmpty() ? numbered : counted > 0) {
      throw Failure.evaluation("a format's fields are numbered in part only");
    }
    numbered |= !name.isEmpty();
    int index = name.isEmpty() ? counted++ : Integer.parseInt(name);
    if (index >= arguments.positional().size()) {
      throw Failure.evaluation("format() has no argument %d", index);
    }
    return arguments.positional().get(index);
  }

  private String written(Object value, String spec) {
    if (spec.isEmpty()) {
      return text.str(value);
    }
    Matcher m = SPEC.matcher(ProvenanceCodec.plain(spec));
    String string = value instanceof String s ? s : null;
    if (!m.matches() || (string == null && !Numbers.isNumber(value))) {
      throw Failure.unsupported(
          "the format \"%s\" of %s is not supported", spec, Values.describe(value));
    }
    char type = character(m.group("type"));
    FormatSpec parsed = parsed(m, string != null);
    if (string != null) {
      boolean isNumeric = m.group("sign") != null || parsed.grouping() != 0;
      if (isNumeric || parsed.align() == '=' || (type != 0 && type != 's')) {
        throw Failure.evaluation("the format \"%s\" is none of strings", spec);
      }
      return parsed.text(string);
    }
    if (value instanceof Double || "eEfF%".indexOf(type) > 0 || type == 'e') {
      return parsed.real(Numbers.toDouble(value));
    }
    if (parsed.precision() >= 0) {
      throw Failure.evaluation("an integer has no precision in the format \"%s\"", spec);
    }
    return parsed.integer(Numbers.exact(value, "the format"));
  }

  private static FormatSpec parsed(Matcher m, boolean isText) {
    boolean zero = m.group("zero") != null;
    String fill = m.group("fill");
    String precision = m.group("precision");
    char align = character(m.group("align"));
    if (zero && isText) {
      throw Failure.unsupported("texts filled up with zeros are not supported");
    }
    return new FormatSpec(
        fill != null ? fill.codePointAt(0) : zero ? '0' : ' ',
        align == 0 && zero ? '=' : align,
        m.group("sign") == null ? '-' : character(m.group("sign")),
        m.group("alternate") != null,
        m.group("width").isEmpty() ? 0 : Integer.parseInt(m.group("width")),
        character(m.group("grouping")),
        precision == null ? -1 : Integer.parseInt(precision),
        character(m.group("type")));
  }

  private static char character(@Nullable String text) {
    return text == null || text.isEmpty() ? 0 : text.charAt(0);
  }
}
