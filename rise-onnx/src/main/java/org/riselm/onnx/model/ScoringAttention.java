package org.riselm.onnx.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.graph.Dim;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Value;
import org.riselm.onnx.runtime.ElementType;

/**
 * Causal attention over whole sequences, in operators that have gradient rules. Queries are cut
 * into blocks, and each block meets the keys up to its own end only: most products with what comes
 * later, which a mask would throw away, are never made.
 */
final class ScoringAttention implements Attention {
  // Far below any score, and still finite: a row of −∞ would turn into NaN.
  private static final float MASKED = -1e9f;

  private final Ops ops;
  private final DecoderConfig config;
  private final ElementType type;
  private final RotaryTables tables;
  private final Blocks blocks;
  private final Map<List<Integer>, Value> masks = new HashMap<>();

  ScoringAttention(Ops ops, Layout layout, Blocks blocks) {
    this.ops = ops;
    this.config = layout.config();
    this.type = layout.compute();
    this.tables = RotaryTables.of(ops.graph(), config, type);
    this.blocks = blocks;
  }

  static float scale(DecoderConfig config) {
    return (float) (1 / Math.sqrt(config.headSize()));
  }

  @Override
  public Value apply(int layer, Value q, Value k, Value v) {
    List<Value> queries = blocks.cut(q, 1);
    List<Value> keys =
        blocks.prefixes(turned(heads(k, config.keyValueHeads()), blocks.start(0)), 2);
    List<Value> values = blocks.prefixes(heads(v, config.keyValueHeads()), 2);
    List<Value> seen = new ArrayList<>();
    for (int i = 0; i < blocks.count(); i++) {
      Value query = grouped(turned(heads(queries.get(i), config.heads()), blocks.start(i)));
      Value scores = ops.matMul(query, false, keys.get(i), true, scale(config));
      Value shares = ops.softmax(ops.add(scores, mask(i, config.windowOf(layer))));
      seen.add(joined(ops.matMul(shares, values.get(i)), queries.get(i).shape().dim(1)));
    }
    return ops.concat(seen, 1, q.shape().dim(1));
  }

  /** [batch, kvHeads, group · rows, headSize] as [batch, rows, heads · headSize]. */
  private Value joined(Value seen, Dim rows) {
    Value perHead =
        config.groupSize() == 1
            ? seen
            : ops.reshape(seen, new long[] {0, config.heads(), -1, config.headSize()}, rows);
    Value joined = ops.transpose(perHead, 0, 2, 1, 3);
    return ops.reshape(
        joined, new long[] {0, 0, (long) config.heads() * config.headSize()}, Dim.of(1));
  }

  /** A block's {@link Blocks#mask}, once for every query head of a group. */
  private Value mask(int block, int window) {
    return masks.computeIfAbsent(
        List.of(block, window),
        key -> {
          Value one = ops.as(blocks.mask(block, window, MASKED), type);
          int group = config.groupSize();
          Dim rows = Dim.of(group).times(one.shape().dim(0));
          return group == 1 ? one : ops.concat(Collections.nCopies(group, one), 0, rows);
        });
  }

  /** [batch, sequence, n · headSize] as [batch, n, sequence, headSize]. */
  private Value heads(Value x, int n) {
    Value split = ops.reshape(x, new long[] {0, 0, n, config.headSize()}, Dim.of(1));
    return ops.transpose(split, 0, 2, 1, 3);
  }

  private Value turned(Value x, Value start) {
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
