package org.riselm.onnx.internal.decoder;

import static org.riselm.onnx.internal.runtime.ElementType.INT64;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Rope;

/**
 * Causal attention over a cache of keys and values, by one kernel. The kernel turns heads by their
 * positions only if their size is a multiple of 16, and takes multiples of 8 only; other sizes are
 * turned before it and filled up with zeros, which change no score.
 */
final class SamplingAttention implements PackedAttention {
  private static final int TURNED = 16;
  private static final int TAKEN = 8;

  private final Ops ops;
  private final DecoderConfig config;
  private final ElementType type;
  private final Value ids;
  private final Value lengths;
  private final Value longest;
  private final Value last;
  private final RotaryTables tables;
  private final int kernelHeadSize;
  private final List<Value> pastKeys = new ArrayList<>();
  private final List<Value> pastValues = new ArrayList<>();
  private final List<Value> presents = new ArrayList<>();
  // Made at the first use, and only if the kernel does not turn the heads.
  private @Nullable Value positions;

  /**
   * Adds the cache's inputs.
   *
   * @param ids [batch, sequence]
   * @param lengths of the rows, the new tokens included, less 1: [batch]
   * @param longest of the rows' lengths, a scalar
   * @param last each row's last token, as an index into batch·sequence: [batch]
   */
  SamplingAttention(
      Ops ops, ParameterLayout layout, Value ids, Value lengths, Value longest, Value last) {
    this.ops = ops;
    this.config = layout.config();
    this.type = layout.compute();
    this.ids = ids;
    this.lengths = lengths;
    this.longest = longest;
    this.last = last;
    this.tables = RotaryTables.inputs(ops, config, type);
    this.kernelHeadSize = (config.headSize() + TAKEN - 1) / TAKEN * TAKEN;
    Shape cache =
        Shape.of(
            ids.shape().dim(0),
            Dim.of(config.keyValueHeads()),
            Dim.of("capacity"),
            Dim.of(kernelHeadSize));
    for (int i = 0; i < config.layers(); i++) {
      pastKeys.add(ops.graph().input("past_key_" + i, type, cache));
      pastValues.add(ops.graph().input("past_value_" + i, type, cache));
    }
  }

  /** The grown cache: keys and values of every layer that was applied. */
  List<Value> presents() {
    return List.copyOf(presents);
  }

  @Override
  public Value apply(int layer, Value q, Value k, Value v) {
    float scale = ScoringAttention.scale(config);
    // A scale of its own keeps the CPU's kernel from the fast product of one row with a matrix. On
    // queries it costs nothing in fp32: ONNX Runtime lets their projection do it. Other types would
    // round once more.
    boolean scaledBefore = type == ElementType.FLOAT;
    Value queries = gained(scaledBefore ? ops.mul(q, ops.graph().constant(scale)) : q);
    List<Value> inputs = new ArrayList<>();
    inputs.add(filled(turned(layer, queries, config.heads()), config.heads()));
    inputs.add(filled(turned(layer, k, config.keyValueHeads()), config.keyValueHeads()));
    inputs.add(filled(v, config.keyValueHeads()));
    Value seen = kernel(layer, inputs, scaledBefore ? 1 : scale);
    return goingOn(layer, resized(seen, config.heads(), kernelHeadSize, config.headSize()));
  }

  @Override
  public boolean takesPacked(int layer) {
    boolean asTheyAre = config.ropeOf(layer).isEmpty() && config.headSize() % TAKEN == 0;
    return (kernelTurns(layer) || asTheyAre) && config.style().positionGain() == 0;
  }

  @Override
  public Value applyPacked(int layer, Value packed) {
    return goingOn(layer, kernel(layer, List.of(packed, Value.ABSENT, Value.ABSENT), 1));
  }

  private boolean kernelTurns(int layer) {
    return config.ropeOf(layer).isPresent()
        && config.headSize() % TURNED == 0
        && isWhole()
        && !tables.sections().dependOnLength();
  }

  private boolean isWhole() {
    return 2 * tables.sections().width() == config.headSize();
  }

  private Value kernel(int layer, List<Value> queryKeyValue, float scale) {
    List<Value> inputs = new ArrayList<>(queryKeyValue);
    inputs.addAll(List.of(pastKeys.get(layer), pastValues.get(layer), lengths, longest));
    if (kernelTurns(layer)) {
      inputs.addAll(tables.of(config.ropeOf(layer).orElseThrow()));
    }
    List<Value> out =
        ops.groupQueryAttention(
            inputs,
            config.heads(),
            config.keyValueHeads(),
            scale,
            config.windowOf(layer),
            (float) config.style().attentionCap(),
            List.of("present_key_" + layer, "present_value_" + layer));
    presents.addAll(out.subList(1, 3));
    return out.get(0);
  }

  /** Only the last token of a row has something to tell behind the last layer. */
  @Override
  public Value goingOn(int layer, Value x) {
    return layer == config.layers() - 1 ? ops.gather(ops.flattenRows(x), last, 0) : x;
  }

  private Value turned(int layer, Value x, int heads) {
    Optional<Rope> rope = config.ropeOf(layer);
    if (rope.isEmpty() || kernelTurns(layer)) {
      return x;
    }
    Value places = places();
    if (tables.sections().dependOnLength()) {
      Value limit = ops.graph().constant(new long[] {tables.sections().longFrom()});
      places = tables.byLength(places, ops.greaterOrEqual(ops.cast(lengths, INT64), limit));
    }
    if (isWhole()) {
      return tables.turned(x, rope.get(), places);
    }
    long turned = 2L * tables.sections().width();
    Value split = ops.reshape(x, new long[] {0, 0, heads, config.headSize()}, Dim.of(1));
    List<Value> parts = ops.split(split, 3, turned, config.headSize() - turned);
    Value first = ops.reshape(parts.get(0), new long[] {0, 0, heads * turned}, Dim.of(1));
    Value back =
        ops.reshape(
            tables.turned(first, rope.get(), places), new long[] {0, 0, heads, turned}, Dim.of(1));
    Value whole = ops.concat(List.of(back, parts.get(1)), 3, Dim.of(config.headSize()));
    return ops.reshape(whole, new long[] {0, 0, (long) heads * config.headSize()}, Dim.of(1));
  }

  private Value gained(Value q) {
    if (config.style().positionGain() == 0) {
      return q;
    }
    return ops.mul(q, ops.unsqueeze(PositionGain.of(ops, config.style(), places(), type), 2));
  }

  private Value places() {
    if (positions == null) {
      positions = positions();
    }
    return positions;
  }

  // As the kernel counts: a first run starts at 0 and is padded on the right; a later one ends at
  // the rows' lengths.
  private Value positions() {
    Value sequence = ops.sizeOf(ids, 1);
    Value one = ops.graph().constant(new long[] {1});
    Value isLater = ops.greaterOrEqual(ops.cast(longest, INT64), ops.add(sequence, one));
    Value end = ops.add(ops.cast(lengths, INT64), one);
    Value start = ops.where(isLater, ops.sub(end, sequence), ops.graph().constant(new long[] {0}));
    Value steps = ops.range(sequence, ids.shape().dim(1));
    return ops.add(ops.unsqueeze(start, 1), ops.unsqueeze(steps, 0));
  }

  private Value filled(Value x, int heads) {
    return resized(x, heads, config.headSize(), kernelHeadSize);
  }

  /** Each head of x cut, or filled up with zeros, by a product with ones on the diagonal. */
  private Value resized(Value x, int heads, int from, int to) {
    if (from == to) {
      return x;
    }
    float[] diagonal = new float[from * to];
    for (int i = 0; i < Math.min(from, to); i++) {
      diagonal[i * to + i] = 1;
    }
    Value split = ops.reshape(x, new long[] {0, 0, heads, from}, Dim.of(1));
    Value product = ops.matMul(split, ops.graph().constant(diagonal, type, from, to));
    return ops.reshape(product, new long[] {0, 0, (long) heads * to}, Dim.of(1));
  }
}
