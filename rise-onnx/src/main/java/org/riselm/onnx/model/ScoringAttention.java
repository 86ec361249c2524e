package org.riselm.onnx.model;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.riselm.onnx.graph.Dim;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Value;
import org.riselm.onnx.runtime.ElementType;

/** Causal attention over whole sequences, in operators that have gradient rules. */
final class ScoringAttention implements Attention {
  // Far below any score, and still finite: a row of −∞ would turn into NaN.
  private static final float MASKED = -1e9f;

  private final Ops ops;
  private final DecoderConfig config;
  private final ElementType type;
  private final RotaryTables tables;
  private final Value start;
  private final Value ids;
  private final Map<Integer, Value> masks = new HashMap<>();

  ScoringAttention(Ops ops, Layout layout, Value ids) {
    this.ops = ops;
    this.config = layout.config();
    this.type = layout.compute();
    this.tables = RotaryTables.of(ops.graph(), config, type);
    this.start = ops.graph().constant(new long[] {0}, 1);
    this.ids = ids;
  }

  static float scale(DecoderConfig config) {
    return (float) (1 / Math.sqrt(config.headSize()));
  }

  /**
   * 0 where a row's token may look at a column's, [group · sequence, sequence].
   *
   * @param window how many tokens back, its own counted; 0 is all
   */
  private Value mask(int window) {
    Dim sequence = ids.shape().dim(1);
    Value steps = ops.range(ops.sizeOf(ids, 1), sequence);
    Value rows = ops.unsqueeze(steps, 1);
    Value columns = ops.unsqueeze(steps, 0);
    Value zero = ops.graph().constant(0);
    Value masked = ops.graph().constant(MASKED);
    Value one = ops.where(ops.greaterOrEqual(rows, columns), zero, masked);
    if (window > 0) {
      Value reach = ops.add(columns, ops.graph().constant(new long[] {window - 1L}));
      one = ops.where(ops.greaterOrEqual(reach, rows), one, masked);
    }
    Value typed = ops.as(one, type);
    return config.groupSize() == 1
        ? typed
        : ops.concat(
            Collections.nCopies(config.groupSize(), typed),
            0,
            Dim.of(config.groupSize()).times(sequence));
  }

  @Override
  public Value apply(int layer, Value q, Value k, Value v) {
    Value queries = grouped(turned(heads(q, config.heads())));
    Value keys = turned(heads(k, config.keyValueHeads()));
    Value values = heads(v, config.keyValueHeads());
    Value scores = ops.matMul(queries, false, keys, true, scale(config));
    Value mask = masks.computeIfAbsent(config.windowOf(layer), this::mask);
    Value seen = ops.matMul(ops.softmax(ops.add(scores, mask)), values);
    Value perHead =
        config.groupSize() == 1
            ? seen
            : ops.reshape(
                seen, new long[] {0, config.heads(), -1, config.headSize()}, q.shape().dim(1));
    Value joined = ops.transpose(perHead, 0, 2, 1, 3);
    return ops.reshape(
        joined, new long[] {0, 0, (long) config.heads() * config.headSize()}, Dim.of(1));
  }

  /** [batch, sequence, n · headSize] as [batch, n, sequence, headSize]. */
  private Value heads(Value x, int n) {
    Value split = ops.reshape(x, new long[] {0, 0, n, config.headSize()}, Dim.of(1));
    return ops.transpose(split, 0, 2, 1, 3);
  }

  private Value turned(Value x) {
    return ops.rotary(x, start, tables.cos(), tables.sin());
  }

  /**
   * Query heads that share keys, one behind the other: [batch, kvHeads, group · sequence, size].
   */
  private Value grouped(Value q) {
    if (config.groupSize() == 1) {
      return q;
    }
    Dim rows = Dim.of(config.groupSize()).times(q.shape().dim(2));
    return ops.reshape(q, new long[] {0, config.keyValueHeads(), -1, config.headSize()}, rows);
  }
}
