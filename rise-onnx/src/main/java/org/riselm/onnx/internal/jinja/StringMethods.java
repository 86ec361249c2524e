package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The methods of Python's strings. */
final class StringMethods {
  private final String text;
  // As long as the text.
  private final String seen;
  private final String name;
  private final Meter meter;

  private StringMethods(String text, String name, Meter meter) {
    this.text = text;
    this.seen = ProvenanceCodec.plain(text);
    this.name = name;
    this.meter = meter;
  }

  static Callable of(String text, String name, Meter meter) {
    StringMethods m = new StringMethods(text, name, meter);
    Callable method = m.changing();
    if (method == null) {
      method = m.searching();
    }
    if (method == null) {
      method = m.asking();
    }
    if (method == null) {
      throw Failure.unsupported("the method \"%s\" of strings is not supported", name);
    }
    Callable found = method;
    boolean named =
        name.equals("split")
            || name.equals("rsplit")
            || name.equals("splitlines")
            || name.equals("format");
    return arguments -> {
      if (!named) {
        Methods.requireByPlace(arguments, name);
      }
      meter.spend(text.length());
      return found.call(arguments);
    };
  }

  private @Nullable Callable changing() {
    return switch (name) {
      case "lower" -> none(() -> ProvenanceCodec.change(text, Strings::lower));
      case "upper" -> none(() -> ProvenanceCodec.change(text, Strings::upper));
      case "capitalize" -> none(() -> ProvenanceCodec.change(text, Strings::capitalize));
      case "title" -> none(() -> ProvenanceCodec.change(text, Strings::title));
      case "strip" -> a -> Strings.strip(text, a.bind(name, "chars").or(0, None.NONE), true, true);
      case "lstrip" ->
          a -> Strings.strip(text, a.bind(name, "chars").or(0, None.NONE), true, false);
      case "rstrip" ->
          a -> Strings.strip(text, a.bind(name, "chars").or(0, None.NONE), false, true);
      case "removeprefix" ->
          a -> {
            String prefix = ProvenanceCodec.plain(a.bind(name, "prefix").string(0));
            return seen.startsWith(prefix) ? text.substring(prefix.length()) : text;
          };
      case "removesuffix" ->
          a -> {
            String suffix = ProvenanceCodec.plain(a.bind(name, "suffix").string(0));
            return seen.endsWith(suffix)
                ? text.substring(0, text.length() - suffix.length())
                : text;
          };
      case "replace" ->
          a -> {
            Arguments.Bound b = a.bind(name, "old", "new", "count");
            return Strings.replace(text, b.string(0), b.string(1), b.integer(2, -1), meter);
          };
      case "format" -> a -> BraceFormat.apply(text, a, meter);
      case "join" -> a -> join(a.bind(name, "iterable").get(0));
      default -> null;
    };
  }

  private Object join(Object items) {
    StringBuilder out = new StringBuilder();
    Iterator<Object> rest = Values.iterate(items, meter);
    for (boolean first = true; rest.hasNext(); first = false) {
      String item = Values.string(rest.next(), "join()");
      meter.spend(1 + text.length() + (long) item.length());
      out.append(first ? "" : text).append(item);
    }
    return out.toString();
  }

  private @Nullable Callable searching() {
    return switch (name) {
      case "startswith" -> a -> matches(a, seen::startsWith);
      case "endswith" -> a -> matches(a, seen::endsWith);
      case "find" -> a -> find(a, false, false);
      case "rfind" -> a -> find(a, true, false);
      case "index" -> a -> find(a, false, true);
      case "rindex" -> a -> find(a, true, true);
      case "count" ->
          a -> {
            String part = ProvenanceCodec.plain(a.bind(name, "sub").string(0));
            meter.spendSearch(text, part);
            return part.isEmpty() ? Characters.length(text) + 1L : Strings.count(seen, part);
          };
      case "split" ->
          a -> {
            Arguments.Bound b = a.bind(name, "sep", "maxsplit");
            return strings(Strings.split(text, b.or(0, None.NONE), b.integer(1, -1), false, meter));
          };
      case "rsplit" ->
          a -> {
            Arguments.Bound b = a.bind(name, "sep", "maxsplit");
            return strings(Strings.split(text, b.or(0, None.NONE), b.integer(1, -1), true, meter));
          };
      case "splitlines" ->
          a ->
              strings(
                  Strings.splitLines(text, Values.isTrue(a.bind(name, "keepends").or(0, false))));
      case "partition" -> a -> partition(a, false);
      case "rpartition" -> a -> partition(a, true);
      default -> null;
    };
  }

  private static List<Object> strings(List<String> parts) {
    return Collections.unmodifiableList(new ArrayList<Object>(parts));
  }

  private Object matches(Arguments arguments, Predicate<String> test) {
    Object parts = arguments.bind(name, "part").get(0);
    if (parts instanceof Tuple tuple) {
      for (Object part : tuple.items()) {
        if (test.test(ProvenanceCodec.plain(Values.string(part, name + "()")))) {
          return true;
        }
      }
      return false;
    }
    return test.test(ProvenanceCodec.plain(Values.string(parts, name + "()")));
  }

  private Object find(Arguments arguments, boolean last, boolean required) {
    String part = ProvenanceCodec.plain(arguments.bind(name, "sub").string(0));
    meter.spendSearch(text, part);
    int at = last ? seen.lastIndexOf(part) : seen.indexOf(part);
    if (at < 0 && required) {
      throw Failure.evaluation("%s() does not find its argument", name);
    }
    return at < 0 ? -1L : (long) text.codePointCount(0, at);
  }

  private Object partition(Arguments arguments, boolean last) {
    String separator = Strings.requireSeparator(arguments.bind(name, "sep").string(0));
    meter.spendSearch(text, separator);
    String sought = ProvenanceCodec.plain(separator);
    int at = last ? seen.lastIndexOf(sought) : seen.indexOf(sought);
    if (at < 0) {
      return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
    }
    return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
  }

  private @Nullable Callable asking() {
    return switch (name) {
      case "isspace" -> all(Characters::isSpace);
      case "isdigit", "isdecimal", "isnumeric" -> allAscii(c -> c >= '0' && c <= '9');
      case "isalpha" -> all(Character::isLetter);
      case "isalnum" -> allAscii(Character::isLetterOrDigit);
      case "isascii" -> none(() -> seen.chars().allMatch(c -> c < 128));
      case "islower" -> none(() -> Strings.isCased(seen, true));
      case "isupper" -> none(() -> Strings.isCased(seen, false));
      default -> null;
    };
  }

  private Callable all(IntPredicate test) {
    return none(() -> !seen.isEmpty() && seen.codePoints().allMatch(test));
  }

  // Beyond ASCII, Python and Java draw these classes differently.
  private Callable allAscii(IntPredicate test) {
    return none(
        () -> {
          if (seen.chars().anyMatch(c -> c >= 128)) {
            throw Failure.unsupported("%s() beyond ASCII is not supported", name);
          }
          return !seen.isEmpty() && seen.chars().allMatch(test);
        });
  }

  private Callable none(Supplier<Object> result) {
    return arguments -> {
      arguments.bind(name);
      return result.get();
    };
  }
}
