package org.riselm.onnx.internal.decoder;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.UniqueRows;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Rope;

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
    double scale = config.style().attentionScale();
    return (float) (scale == 0 ? 1 / Math.sqrt(config.headSize()) : scale);
  }

  /** Scores, kept within the cap that the model has for them. */
  static Value capped(Ops ops, Value scores, double cap) {
    if (cap == 0) {
      return scores;
    }
    Value within = ops.mul(scores, constant(ops, 1 / cap, scores.type()));
    return ops.mul(ops.tanh(within), constant(ops, cap, scores.type()));
  }

  private static Value constant(Ops ops, double value, ElementType type) {
    return ops.as(ops.graph().constant((float) value), type);
  }

  @Override
  public Value apply(int layer, Value q, Value k, Value v) {
    List<Value> cut = queries.of(q);
    List<Value> prefixes = blocks.prefixes(turned(layer, keys.of(k).get(0), blocks.start(0)), 2);
    List<Value> values = blocks.prefixes(keys.of(v).get(0), 2);
    List<Value> seen = new ArrayList<>();
    for (int i = 0; i < blocks.count(); i++) {
      Value query = grouped(turned(layer, gained(cut.get(i), blocks.start(i)), blocks.start(i)));
      Value product = ops.matMul(query, false, prefixes.get(i), true, scale(config));
      Value scores = capped(ops, product, config.style().attentionCap());
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

  private Value turned(int layer, Value x, Value start) {
    Optional<Rope> rope = config.ropeOf(layer);
    if (rope.isEmpty()) {
      return x;
    }
    Value places = start;
    if (tables.sections().dependOnLength()) {
      places = tables.byLength(ops.unsqueeze(places(x, start), 0), isLong());
    }
    long turned = 2L * tables.sections().width();
    if (turned == config.headSize()) {
      return tables.turned(x, rope.get(), places);
    }
    List<Value> parts = ops.split(x, 3, turned, config.headSize() - turned);
    return ops.concat(
        List.of(tables.turned(parts.get(0), rope.get(), places), parts.get(1)),
        3,
        Dim.of(config.headSize()));
  }

  /** The positions of x [batch, heads, sequence, size], int64 [sequence]. */
  private Value places(Value x, Value start) {
    return ops.add(ops.range(ops.sizeOf(x, 2), x.shape().dim(2)), start);
  }

  private Value isLong() {
    Value limit = ops.graph().constant(tables.sections().longFrom() + 1f);
    return ops.greaterOrEqual(packing.lengths(), limit);
  }

  private Value gained(Value q, Value start) {
    if (config.style().positionGain() == 0) {
      return q;
    }
    return ops.mul(
        q, ops.unsqueeze(PositionGain.of(ops, config.style(), places(q, start), type), 1));
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
