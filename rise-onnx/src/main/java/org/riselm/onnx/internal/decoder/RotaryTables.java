package org.riselm.onnx.internal.decoder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Rope;

/**
 * The cosines and sines of every position, for as many positions as a run has: {@link
 * RotarySections} one behind the other, [sections · positions, width].
 */
final class RotaryTables {
  private final Ops ops;
  private final RotarySections sections;
  private final Value cos;
  private final Value sin;
  private final Value positions;
  private final Map<Integer, List<Value>> cut = new HashMap<>();

  private RotaryTables(Ops ops, RotarySections sections, Value cos, Value sin, Value positions) {
    this.ops = ops;
    this.sections = sections;
    this.cos = cos;
    this.sin = sin;
    this.positions = positions;
  }

  /** Adds nodes that compute the tables, of the positions from 0 to below {@code count}. */
  static RotaryTables computed(
      Ops ops, DecoderConfig config, Value count, Dim positions, ElementType type) {
    RotarySections sections = RotarySections.of(config);
    Value steps = ops.unsqueeze(ops.cast(ops.range(count, positions), ElementType.FLOAT), 1);
    List<Value> cos = new ArrayList<>();
    List<Value> sin = new ArrayList<>();
    for (RotaryFrequencies section : sections.all()) {
      Value frequencies = ops.graph().constant(section.angles(), section.angles().length);
      Value angles = ops.mul(steps, frequencies);
      cos.add(ops.as(scaled(ops, ops.cos(angles), section), type));
      sin.add(ops.as(scaled(ops, ops.sin(angles), section), type));
    }
    Dim rows = Dim.of(sections.all().size()).times(positions);
    return new RotaryTables(ops, sections, joined(ops, cos, rows), joined(ops, sin, rows), count);
  }

  private static Value joined(Ops ops, List<Value> parts, Dim rows) {
    return parts.size() == 1 ? parts.get(0) : ops.concat(parts, 0, rows);
  }

  static Value scaled(Ops ops, Value x, RotaryFrequencies section) {
    return section.scale() == 1 ? x : ops.mul(x, ops.graph().constant(section.scale()));
  }

  /**
   * Adds inputs that {@link RotaryAngles} fills: {@code rotary_cos} and {@code rotary_sin}, for the
   * graph that runs once a token and so must not compute them.
   */
  static RotaryTables inputs(Ops ops, DecoderConfig config, ElementType type) {
    RotarySections sections = RotarySections.of(config);
    Shape shape = Shape.of(Dim.of("positions"), Dim.of(sections.width()));
    Value cos = ops.graph().input("rotary_cos", type, shape);
    Value sin = ops.graph().input("rotary_sin", type, shape);
    int count = sections.all().size();
    Value rows = ops.sizeOf(cos, 0);
    Value positions = count == 1 ? rows : ops.div(rows, ops.graph().constant(new long[] {count}));
    return new RotaryTables(ops, sections, cos, sin, positions);
  }

  RotarySections sections() {
    return sections;
  }

  /** The cosines and sines of one rotation alone, [positions, width]. */
  List<Value> of(Rope rope) {
    if (sections.all().size() == 1) {
      return List.of(cos, sin);
    }
    return cut.computeIfAbsent(
        sections.of(rope), section -> List.of(rows(cos, section), rows(sin, section)));
  }

  private Value rows(Value table, int section) {
    Value start = ops.unsqueeze(at(section), 0);
    Value end = ops.unsqueeze(at(section + 1), 0);
    return ops.rows(
        table, start, end, ops.graph().constant(new long[] {1}, 1), Dim.of("section_positions"));
  }

  private Value at(int section) {
    return ops.mul(positions, ops.graph().constant(new long[] {section}));
  }

  /**
   * Turns heads.
   *
   * @param x heads of {@code 2 · width} numbers: [batch, heads, sequence, size], or [batch,
   *     sequence, heads · size]
   * @param places positions, int64 [1] (of the first, from which the others count) or [batch,
   *     sequence]
   */
  Value turned(Value x, Rope rope, Value places) {
    int section = sections.of(rope);
    Value rows = section == 0 ? places : ops.add(places, at(section));
    return ops.rotary(x, rows, cos, sin);
  }

  /**
   * Moves places of long sequences to the section behind.
   *
   * @param places positions, [batch or 1, sequence]
   * @param isLong whether a sequence is longer than {@link RotarySections#longFrom}, bool [batch]
   * @return positions for {@link #turned}, [batch, sequence]
   */
  Value byLength(Value places, Value isLong) {
    Value sections = ops.unsqueeze(ops.cast(isLong, ElementType.INT64), 1);
    return ops.add(places, ops.mul(sections, positions));
  }
}
