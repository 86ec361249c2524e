package org.riselm.onnx.internal.decoder;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Rope;

/**
 * The different rotations of a model, each of which is a section of the tables: one behind the
 * other, all of the same width, and for as many positions. A rotation that changes beyond the
 * original context has two, the second for longer sequences.
 */
final class RotarySections {
  private final ImmutableList<RotaryFrequencies> all;
  private final Map<Rope, Integer> first;
  private final int width;
  private final int longFrom;

  private RotarySections(
      List<RotaryFrequencies> all, Map<Rope, Integer> first, int width, int longFrom) {
    this.all = ImmutableList.copyOf(all);
    this.first = first;
    this.width = width;
    this.longFrom = longFrom;
  }

  static RotarySections of(DecoderConfig config) {
    List<RotaryFrequencies> all = new ArrayList<>();
    Map<Rope, Integer> first = new LinkedHashMap<>();
    int longFrom = Integer.MAX_VALUE;
    for (int i = 0; i < config.layers(); i++) {
      Optional<Rope> rope = config.ropeOf(i);
      if (rope.isEmpty() || first.containsKey(rope.get())) {
        continue;
      }
      first.put(rope.get(), all.size());
      all.add(RotaryFrequencies.of(rope.get(), config.headSize(), false));
      if (rope.get().scaling() instanceof Rope.LongRope l
          && l.originalContext() < config.contextLength()) {
        all.add(RotaryFrequencies.of(rope.get(), config.headSize(), true));
        longFrom = l.originalContext();
      }
    }
    if (all.isEmpty()) {
      // Nothing turns; tables have a section all the same, so that graphs have the same inputs.
      all.add(RotaryFrequencies.of(config.rope(), config.headSize(), false));
    }
    int width = all.get(0).angles().length;
    if (!all.stream().allMatch(f -> f.angles().length == width)
        || (longFrom != Integer.MAX_VALUE && first.size() > 1)) {
      throw new IllegalArgumentException(
          "layers turn different parts of their heads, or some by length: " + first.keySet());
    }
    return new RotarySections(all, first, width, longFrom);
  }

  ImmutableList<RotaryFrequencies> all() {
    return all;
  }

  /** The section of a rotation; the next one is for long sequences, if {@link #dependOnLength}. */
  int of(Rope rope) {
    Integer section = first.get(rope);
    if (section == null) {
      throw new IllegalArgumentException("no layer has the rotation " + rope);
    }
    return section;
  }

  /** How many pairs of a head's numbers are turned. */
  int width() {
    return width;
  }

  /** Whether sequences longer than {@link #longFrom} have a section of their own. */
  boolean dependOnLength() {
    return longFrom != Integer.MAX_VALUE;
  }

  int longFrom() {
    return longFrom;
  }
}
