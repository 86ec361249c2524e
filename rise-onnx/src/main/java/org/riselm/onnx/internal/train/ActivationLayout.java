package org.riselm.onnx.internal.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Value;

/** Where in a block of memory the values are that go from one part of a graph to another. */
final class ActivationLayout {
  private static final long ALIGNMENT = 64;

  private final Map<String, Long> places = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new HashMap<>();
  // Free room between what is taken, by where it begins; what begins at the end is not in it.
  private final NavigableMap<Long, Long> gaps = new TreeMap<>();
  private final Map<Dim, Long> known = new HashMap<>();
  private final Map<String, Long> sizes;
  private long end;
  private long most;

  /**
   * Lays out the values of a run.
   *
   * @param sizes of the open dimensions, by name
   */
  ActivationLayout(LayeredGraph graph, Map<String, Long> sizes) {
    this.sizes = sizes;
    Map<String, Integer> lastReads = new HashMap<>();
    for (int i = 0; i < graph.calls().size(); i++) {
      for (Value v : graph.calls().get(i).inputs()) {
        lastReads.put(v.name(), i);
      }
    }
    List<List<Value>> ends = new ArrayList<>();
    graph.calls().forEach(c -> ends.add(new ArrayList<>()));
    for (int i = 0; i < graph.calls().size(); i++) {
      for (Value v : graph.calls().get(i).outputs()) {
        Integer lastRead = lastReads.get(v.name());
        if (lastRead != null && !graph.aliases().containsKey(v.name())) {
          long[] shape = shape(v);
          shapes.put(v.name(), shape);
          places.put(v.name(), take(bytes(v, shape)));
          ends.get(lastRead).add(v);
        }
      }
      for (Value v : ends.get(i)) {
        giveBack(places.getOrDefault(v.name(), 0L), bytes(v, shape(v)));
      }
    }
  }

  private long[] shape(Value v) {
    return v.shape().dims().stream()
        .mapToLong(dim -> known.computeIfAbsent(dim, d -> d.size(sizes)))
        .toArray();
  }

  private static long bytes(Value v, long[] shape) {
    long bytes = v.type().bytes();
    for (long d : shape) {
      bytes = Math.multiplyExact(bytes, d);
    }
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private long take(long bytes) {
    long gap = -1;
    for (Map.Entry<Long, Long> g : gaps.entrySet()) {
      if (g.getValue() >= bytes) {
        gap = g.getKey();
        break;
      }
    }
    if (gap >= 0) {
      Long size = gaps.remove(gap);
      if (size != null && size > bytes) {
        gaps.put(gap + bytes, size - bytes);
      }
      return gap;
    }
    long place = end;
    end += bytes;
    most = Math.max(most, end);
    return place;
  }

  private void giveBack(long place, long bytes) {
    long from = place;
    long size = bytes;
    Map.Entry<Long, Long> before = gaps.floorEntry(place);
    if (before != null && before.getKey() + before.getValue() == place) {
      from = before.getKey();
      size += before.getValue();
      gaps.remove(from);
    }
    Long behind = gaps.remove(place + bytes);
    size += behind == null ? 0 : behind;
    if (from + size == end) {
      end = from;
    } else {
      gaps.put(from, size);
    }
  }

  /** How large the block has to be. */
  long bytes() {
    return most;
  }

  /** Where each value begins, by name. */
  Map<String, Long> places() {
    return places;
  }

  /** The sizes of a value's dimensions. */
  long[] shape(String name) {
    return shapes.getOrDefault(name, new long[0]);
  }
}
