package org.riselm.onnx.internal.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.riselm.onnx.internal.jinja.Filters.Filter;

/** Jinja's filters of lists, dicts and what else can be iterated over. */
final class SequenceFilters {
  static final Map<String, Filter> ALL =
      Map.ofEntries(
          Map.entry("length", SequenceFilters::length),
          Map.entry("count", SequenceFilters::length),
          Map.entry("first", SequenceFilters::first),
          Map.entry("last", SequenceFilters::last),
          Map.entry("list", SequenceFilters::list),
          Map.entry("join", SequenceFilters::join),
          Map.entry("reverse", SequenceFilters::reverse),
          Map.entry("items", SequenceFilters::items),
          Map.entry("dictsort", SequenceFilters::dictSort),
          Map.entry("sort", SequenceFilters::sort),
          Map.entry("unique", SequenceFilters::unique),
          Map.entry("sum", SequenceFilters::sum),
          Map.entry("min", (v, a, r) -> extreme("min", v, a, r)),
          Map.entry("max", (v, a, r) -> extreme("max", v, a, r)),
          Map.entry("map", SequenceFilters::map),
          Map.entry("select", (v, a, r) -> select(v, a, r, true, false)),
          Map.entry("reject", (v, a, r) -> select(v, a, r, false, false)),
          Map.entry("selectattr", (v, a, r) -> select(v, a, r, true, true)),
          Map.entry("rejectattr", (v, a, r) -> select(v, a, r, false, true)));

  private SequenceFilters() {}

  private static Object length(Object value, Arguments arguments, Operations operations) {
    arguments.bind("length");
    String text = Values.textOf(value);
    operations.meter().spend(text == null ? 1 : 1 + text.length() / 16);
    int length = Values.length(value);
    if (length < 0) {
      throw value instanceof Loop
          ? Failure.unsupported("the length of \"loop\" is not supported")
          : Failure.evaluation("%s has no length", Values.describe(value));
    }
    return (long) length;
  }

  private static Object first(Object value, Arguments arguments, Operations operations) {
    arguments.bind("first");
    Iterator<Object> items = Values.iterate(value, operations.meter());
    return items.hasNext() ? items.next() : new Undefined("there is no first item");
  }

  private static Object last(Object value, Arguments arguments, Operations operations) {
    arguments.bind("last");
    requireReversible(value);
    List<Object> items = Values.list(value, operations.meter());
    return items.isEmpty() ? new Undefined("there is no last item") : items.get(items.size() - 1);
  }

  private static void requireReversible(Object value) {
    if (value instanceof OneShot) {
      throw Failure.evaluation("%s cannot be read from its end", Values.describe(value));
    }
  }

  private static Object list(Object value, Arguments arguments, Operations operations) {
    arguments.bind("list");
    return Values.list(value, operations.meter());
  }

  private static Object join(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("join", "d", "attribute");
    String separator = operations.str(bound.or(0, ""));
    Object attribute = bound.or(1, None.NONE);
    Function<Object, Object> of = getter(attribute, operations);
    StringBuilder out = new StringBuilder();
    Iterator<Object> items = Values.iterate(value, operations.meter());
    for (boolean first = true; items.hasNext(); first = false) {
      String item = operations.str(of.apply(items.next()));
      operations.meter().spend(1 + separator.length() + (long) item.length());
      out.append(first ? "" : separator).append(item);
    }
    return out.toString();
  }

  private static Object reverse(Object value, Arguments arguments, Operations operations) {
    arguments.bind("reverse");
    String text = Values.textOf(value);
    if (text != null) {
      return operations.attributes().slice(value, None.NONE, None.NONE, -1L);
    }
    List<Object> items = new ArrayList<>(Values.list(value, operations.meter()));
    Collections.reverse(items);
    return value instanceof OneShot ? items : new OneShot(items.iterator());
  }

  private static Object items(Object value, Arguments arguments, Operations operations) {
    arguments.bind("items");
    if (value instanceof Undefined) {
      return new OneShot(Collections.emptyIterator());
    }
    return new OneShot(requireDict(value, "items").list().iterator());
  }

  private static DictView requireDict(Object value, String filter) {
    if (value instanceof Map<?, ?> dict) {
      return new DictView("items", dict);
    }
    throw value instanceof Undefined u
        ? u.failure()
        : Failure.evaluation("%s needs a dict, found %s", filter, Values.describe(value));
  }

  private static Object dictSort(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
    boolean sensitive = Values.isTrue(bound.or(0, false));
    Object by = bound.or(1, "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw Failure.evaluation("dictsort sorts by \"key\" or \"value\"");
    }
    int place = by.equals("key") ? 0 : 1;
    Function<Object, Object> key =
        pair -> pair instanceof Tuple t ? folded(t.items().get(place), sensitive) : pair;
    List<Object> pairs = requireDict(value, "dictsort").list();
    return sorted(pairs, key, Values.isTrue(bound.or(2, false)), operations);
  }

  private static Object folded(Object value, boolean sensitive) {
    String text = Values.textOf(value);
    return sensitive || text == null ? value : Strings.lower(ProvenanceCodec.plain(text));
  }

  private static Object sort(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
    boolean sensitive = Values.isTrue(bound.or(1, false));
    Object attribute = bound.or(2, None.NONE);
    if (attribute instanceof String s && s.indexOf(',') >= 0) {
      throw Failure.unsupported("sorting by several attributes is not supported");
    }
    Function<Object, Object> of = getter(attribute, operations);
    return sorted(
        Values.list(value, operations.meter()),
        item -> folded(of.apply(item), sensitive),
        Values.isTrue(bound.or(0, false)),
        operations);
  }

  private static List<Object> sorted(
      List<Object> items, Function<Object, Object> key, boolean reverse, Operations operations) {
    record Keyed(Object key, Object item) {}
    List<Keyed> keyed = new ArrayList<>();
    items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
    // A reversed order leaves equal items as they were, as Python's does.
    Comparator<Object> order = operations.equality().order();
    keyed.sort(Comparator.comparing(Keyed::key, reverse ? order.reversed() : order));
    List<Object> out = new ArrayList<>();
    keyed.forEach(k -> out.add(k.item()));
    return Collections.unmodifiableList(out);
  }

  private static Object unique(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
    boolean sensitive = Values.isTrue(bound.or(0, false));
    Function<Object, Object> of = getter(bound.or(1, None.NONE), operations);
    Map<Object, Object> first = new LinkedHashMap<>();
    for (Object item : Values.list(value, operations.meter())) {
      first.putIfAbsent(Values.key(folded(of.apply(item), sensitive)), item);
    }
    return new OneShot(new ArrayList<>(first.values()).iterator());
  }

  private static Object sum(Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind("sum", "attribute", "start");
    Function<Object, Object> of = getter(bound.or(0, None.NONE), operations);
    Object total = bound.or(1, 0L);
    if (Values.textOf(total) != null) {
      throw Failure.evaluation("sum() cannot start with a string");
    }
    for (Object item : Values.list(value, operations.meter())) {
      total = operations.numbers().apply("+", total, of.apply(item));
    }
    return total;
  }

  private static Object extreme(
      String name, Object value, Arguments arguments, Operations operations) {
    Arguments.Bound bound = arguments.bind(name, "case_sensitive", "attribute");
    boolean sensitive = Values.isTrue(bound.or(0, false));
    Function<Object, Object> of = getter(bound.or(1, None.NONE), operations);
    List<Object> items = Values.list(value, operations.meter());
    if (items.isEmpty()) {
      return new Undefined("there is no " + name + " of nothing");
    }
    Object best = items.get(0);
    for (Object item : items.subList(1, items.size())) {
      Object a = folded(of.apply(item), sensitive);
      Object b = folded(of.apply(best), sensitive);
      boolean better =
          name.equals("min") ? operations.equality().less(a, b) : operations.equality().less(b, a);
      best = better ? item : best;
    }
    return best;
  }

  private static Object map(Object value, Arguments arguments, Operations operations) {
    if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
      Arguments.Bound bound = arguments.bind("map", "attribute", "default");
      if (bound.has(1)) {
        throw Failure.unsupported("the filter \"map\" with a default is not supported");
      }
      return mapped(value, getter(bound.get(0), operations), operations);
    }
    if (arguments.positional().isEmpty()) {
      throw Failure.evaluation("map needs a filter or an attribute");
    }
    String filter = Values.string(arguments.positional().get(0), "map");
    Arguments rest = rest(arguments, 1);
    return mapped(value, item -> Filters.apply(filter, item, rest, operations), operations);
  }

  private static Arguments rest(Arguments arguments, int from) {
    List<Object> all = arguments.positional();
    return new Arguments(all.subList(from, all.size()), arguments.named());
  }

  private static Object mapped(
      Object value, Function<Object, Object> change, Operations operations) {
    if (!Values.isTrue(value)) {
      return new OneShot(Collections.emptyIterator());
    }
    Iterator<Object> items = Values.iterate(value, operations.meter());
    return new OneShot(
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return items.hasNext();
          }

          @Override
          public Object next() {
            operations.meter().spend(1);
            return change.apply(items.next());
          }
        });
  }

  private static Object select(
      Object value,
      Arguments arguments,
      Operations operations,
      boolean wanted,
      boolean byAttribute) {
    int given = byAttribute ? 1 : 0;
    List<Object> positional = arguments.positional();
    if (positional.size() < given) {
      throw Failure.evaluation("the name of an attribute is missing");
    }
    Function<Object, Object> of =
        byAttribute ? getter(positional.get(0), operations) : Function.identity();
    Predicate<Object> test;
    if (positional.size() == given) {
      test = Values::isTrue;
    } else {
      String name = Values.string(positional.get(given), "a test's name");
      Arguments rest = rest(arguments, given + 1);
      test = item -> Tests.apply(name, item, rest, operations);
    }
    if (!Values.isTrue(value)) {
      return new OneShot(Collections.emptyIterator());
    }
    List<Object> out = new ArrayList<>();
    for (Object item : Values.list(value, operations.meter())) {
      if (test.test(of.apply(item)) == wanted) {
        out.add(item);
      }
    }
    return new OneShot(out.iterator());
  }

  /** What an item has at a path such as {@code "function.name"} or {@code 0}; None is itself. */
  private static Function<Object, Object> getter(Object path, Operations operations) {
    if (path == None.NONE) {
      return Function.identity();
    }
    if (path instanceof Long) {
      return item -> operations.attributes().item(item, path);
    }
    String[] parts = Values.string(path, "the name of an attribute").split("\\.", -1);
    return item -> {
      Object value = item;
      for (String part : parts) {
        boolean number = part.matches("[0-9]{1,9}");
        value = operations.attributes().item(value, number ? (Object) Long.valueOf(part) : part);
      }
      return value;
    };
  }
}
