package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * What is in those short lists of whole numbers from which graphs compute shapes, as far as it is
 * known before a run.
 */
final class ShapeContents {
  private static final int LONGEST = 64;
  private static final Entry NOTHING = new Entry(Optional.empty(), Optional.empty());

  private final Graph graph;
  private final Map<String, List<Entry>> known = new HashMap<>();

  ShapeContents(Graph graph) {
    this.graph = graph;
  }

  /**
   * One number: one that is known, or the size of something, or neither.
   *
   * @param number empty if it is not known
   * @param open the dimension whose size it is; empty if it is known, or is none's
   */
  record Entry(Optional<Long> number, Optional<Dim> open) {
    static Entry of(long number) {
      return new Entry(Optional.of(number), Optional.empty());
    }

    static Entry of(Dim dim) {
      return dim instanceof Dim.Fixed f
          ? of(f.size())
          : new Entry(Optional.empty(), Optional.of(dim));
    }

    boolean is(long value) {
      return number.isPresent() && number.get() == value;
    }

    /** It as a size. */
    Optional<Dim> size() {
      return number.isPresent() ? number.filter(n -> n >= 0).map(Dim::of) : open;
    }
  }

  /** The numbers in {@code value}, row by row; empty if it is none of those lists. */
  Optional<List<Entry>> of(Value value) {
    List<Entry> entries = known.get(value.name());
    if (entries != null) {
      return Optional.of(entries);
    }
    return count(value)
        .map(
            n ->
                graph
                    .constantLongs(value)
                    .map(longs -> IntStream.range(0, n).mapToObj(i -> Entry.of(longs[i])).toList())
                    .orElseGet(() -> Collections.nCopies(n, NOTHING)));
  }

  private static Optional<Integer> count(Value value) {
    Shape shape = value.shape();
    boolean whole = value.type() == ElementType.INT64 || value.type() == ElementType.BOOL;
    if (!whole || !shape.isFixed() || shape.rank() > 1) {
      return Optional.empty();
    }
    long n = shape.rank() == 0 ? 1 : shape.sizes()[0];
    return n <= LONGEST ? Optional.of((int) n) : Optional.empty();
  }

  /** Takes note of what {@code node} makes. */
  void follow(Node node) {
    boolean single = node.outputs().size() == 1 && OnnxFile.isKnownDomain(node.domain());
    if (!single || count(node.output(0)).isEmpty()) {
      return;
    }
    int n = count(node.output(0)).get();
    made(node, n)
        .filter(entries -> entries.size() == n)
        .ifPresent(entries -> known.put(node.output(0).name(), entries));
  }

  /** The whole numbers of {@code value}, if all are known before a run. */
  Optional<long[]> numbers(Value value) {
    List<Entry> entries = known.getOrDefault(value.name(), List.of(NOTHING));
    boolean all = entries.stream().allMatch(e -> e.number().isPresent());
    return all && value.type() == ElementType.INT64
        ? Optional.of(entries.stream().mapToLong(e -> e.number().get()).toArray())
        : Optional.empty();
  }

  private Optional<List<Entry>> made(Node node, int count) {
    return switch (node.operator()) {
      case "Shape" -> shape(node);
      case "Identity", "Cast", "Unsqueeze", "Squeeze", "Reshape" -> of(node.input(0));
      case "Concat" -> joined(node);
      case "Gather" ->
          of(node.input(0))
              .flatMap(from -> graph.constantLongs(node.input(1)).map(at -> gathered(from, at)));
      case "ConstantOfShape" -> filled(node, count);
      case "Mul" -> pairs(node, count, ShapeContents::product);
      case "Add" -> pairs(node, count, (a, b) -> known(a, b, Math::addExact));
      case "Sub" -> pairs(node, count, (a, b) -> known(a, b, Math::subtractExact));
      case "Div" -> pairs(node, count, (a, b) -> b.is(0) ? NOTHING : known(a, b, (x, y) -> x / y));
      case "Equal" -> pairs(node, count, ShapeContents::equal);
      case "Where" ->
          of(node.input(0))
              .flatMap(
                  which ->
                      of(node.input(1))
                          .flatMap(a -> of(node.input(2)).map(b -> chosen(count, which, a, b))));
      default -> Optional.empty();
    };
  }

  private Optional<List<Entry>> joined(Node node) {
    List<Entry> all = new ArrayList<>();
    for (Value part : node.inputs()) {
      Optional<List<Entry>> entries = of(part);
      if (entries.isEmpty()) {
        return Optional.empty();
      }
      all.addAll(entries.get());
    }
    return Optional.of(all);
  }

  private static Optional<List<Entry>> shape(Node node) {
    Shape shape = node.input(0).shape();
    if (!shape.isRanked()) {
      return Optional.empty();
    }
    int rank = shape.rank();
    int from = (int) ShapeInference.within(node.intAttribute("start", 0), rank);
    int to = (int) ShapeInference.within(node.intAttribute("end", rank), rank);
    return Optional.of(
        shape.dims().subList(from, Math.max(from, to)).stream().map(Entry::of).toList());
  }

  private static Optional<List<Entry>> filled(Node node, int count) {
    return node.attributes().get("value") instanceof Attribute.Opaque o
            && o.proto().getT().getDataType() == ElementType.INT64.code()
        ? number(o.proto().getT()).map(n -> Collections.nCopies(count, Entry.of(n)))
        : Optional.empty();
  }

  private static Optional<Long> number(TensorProto one) {
    if (one.getInt64DataCount() == 1) {
      return Optional.of(one.getInt64Data(0));
    }
    ByteBuffer raw = one.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return raw.remaining() == Long.BYTES ? Optional.of(raw.getLong()) : Optional.empty();
  }

  private static List<Entry> gathered(List<Entry> from, long[] at) {
    List<Entry> gathered = new ArrayList<>();
    for (long i : at) {
      int index = (int) (i < 0 ? i + from.size() : i);
      if (index < 0 || index >= from.size()) {
        throw new IllegalArgumentException("number " + i + " of " + from.size());
      }
      gathered.add(from.get(index));
    }
    return gathered;
  }

  private interface Pair {
    Entry of(Entry a, Entry b);
  }

  private Optional<List<Entry>> pairs(Node node, int count, Pair pair) {
    return of(node.input(0))
        .flatMap(
            a ->
                of(node.input(1))
                    .map(
                        b ->
                            IntStream.range(0, count)
                                .mapToObj(i -> pair.of(at(a, i), at(b, i)))
                                .toList()));
  }

  private static Entry at(List<Entry> list, int index) {
    return list.get(list.size() == 1 ? 0 : index);
  }

  private static Entry product(Entry a, Entry b) {
    if (a.number().isPresent() && b.number().isPresent()) {
      return Entry.of(Math.multiplyExact(a.number().get(), b.number().get()));
    }
    if (a.size().isPresent() && b.size().isPresent()) {
      return Entry.of(a.size().get().times(b.size().get()));
    }
    return NOTHING;
  }

  private static Entry known(Entry a, Entry b, LongBinaryOperator operator) {
    boolean both = a.number().isPresent() && b.number().isPresent();
    return both ? Entry.of(operator.applyAsLong(a.number().get(), b.number().get())) : NOTHING;
  }

  // A size is never below 0, which is what exporters ask for.
  private static Entry equal(Entry a, Entry b) {
    if (a.number().isPresent() && b.number().isPresent()) {
      return Entry.of(a.number().get().equals(b.number().get()) ? 1 : 0);
    }
    boolean neverBelow = a.open().isPresent() || b.open().isPresent();
    boolean below = a.number().orElse(0L) < 0 || b.number().orElse(0L) < 0;
    return neverBelow && below ? Entry.of(0) : NOTHING;
  }

  private static List<Entry> chosen(int count, List<Entry> which, List<Entry> a, List<Entry> b) {
    return IntStream.range(0, count)
        .mapToObj(i -> at(which, i).is(1) ? at(a, i) : at(which, i).is(0) ? at(b, i) : NOTHING)
        .toList();
  }
}
