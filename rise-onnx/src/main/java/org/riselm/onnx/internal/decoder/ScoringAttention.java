package org.riselm.onnx.internal.decoder;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.UniqueRows;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;

/**
 * Causal attention of packed tokens, in operators that have gradient rules. Queries are cut into
 * blocks, and each block meets the keys up to its own end only: most products with what comes
 * later, which a mask would throw away, are never made. From the last layer only those tokens go on
 * that have a target.
 */
final class ScoringAttention implements Attention {
  // Far below any score, and still finite: a row of −∞ would turn into NaN.
  private static final float MASKED = -1e9f;

  private final Ops ops;
  private final DecoderConfig config;
  private final ElementType type;
  private final RotaryTables tables;
  private final PackedTokens packing;
  private final SequenceBlocks blocks;
  private final HeadIndex queries;
  private final HeadIndex keys;
  private final Map<List<Integer>, Value> masks = new HashMap<>();

  /**
   * Adds what all layers share.
   *
   * @param count into how many blocks queries are cut
   */
  ScoringAttention(Ops ops, ParameterLayout layout, PackedTokens packing, int count) {
    this.ops = ops;
    this.config = layout.config();
    this.type = layout.compute();
    this.packing = packing;
    Value filled = packing.filled();
    this.tables =
        RotaryTables.computed(ops, config, ops.sizeOf(filled, 1), filled.shape().dim(1), type);
    this.blocks = new SequenceBlocks(ops, filled, count);
    this.queries = new HeadIndex(ops, packing, filled, blocks, config.heads());
    this.keys =
        new HeadIndex(
            ops, packing, filled, new SequenceBlocks(ops, filled, 1), config.keyValueHeads());
  }

  static float scale(DecoderConfig config) {
    return (float) (1 / Math.sqrt(config.headSize()));
  }

  @Override
  public Value apply(int layer, Value q, Value k, Value v) {
    List<Value> cut = queries.of(q);
    List<Value> prefixes = blocks.prefixes(turned(keys.of(k).get(0), blocks.start(0)), 2);
    List<Value> values = blocks.prefixes(keys.of(v).get(0), 2);
    List<Value> seen = new ArrayList<>();
    for (int i = 0; i < blocks.count(); i++) {
      Value query = grouped(turned(cut.get(i), blocks.start(i)));
      Value scores = ops.matMul(query, false, prefixes.get(i), true, scale(config));
      Value shares = ops.softmax(ops.add(scores, mask(i, config.windowOf(layer))));
      seen.add(ops.matMul(shares, values.get(i)));
    }
    return isLast(layer) ? queries.ofTargets(seen) : queries.ofTokens(seen);
  }

  @Override
  public Value goingOn(int layer, Value x) {
    return isLast(layer) ? ops.gatherUnique(x, UniqueRows.some(packing.targets())) : x;
  }

  private boolean isLast(int layer) {
    return layer == config.layers() - 1;
  }

  /** A block's {@link SequenceBlocks#mask}, once for every query head of a group. */
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
