package org.riselm.onnx.internal.decoder;

import static org.riselm.onnx.internal.runtime.ElementType.BOOL;
import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Rope;

/**
 * Causal attention over a cache that grows with every run, in operators of ONNX itself; inputs and
 * outputs have the names that Hugging Face Optimum gives them.
 */
final class ExportedAttention implements Attention {
  // Far below any score, and still finite: a row of −∞ would turn into NaN.
  private static final float MASKED = -1e9f;
  private static final Dim TOTAL = Dim.of("total_sequence_length");

  private final Ops ops;
  private final DecoderConfig config;
  private final Value ids;
  private final Value attentionMask;
  private final Value positions;
  private final Map<Rope, List<Value>> turns = new HashMap<>();
  private final List<Value> pasts = new ArrayList<>();
  private final List<Value> presents = new ArrayList<>();
  private final Map<Integer, Value> masks = new HashMap<>();

  /**
   * Adds the inputs beside {@code ids} [batch, sequence].
   *
   * @param ops which adds operators of ONNX only
   */
  ExportedAttention(Ops ops, DecoderConfig config, Value ids) {
    this.ops = ops;
    this.config = config;
    this.ids = ids;
    Graph graph = ops.graph();
    Dim batch = ids.shape().dim(0);
    this.attentionMask = graph.input("attention_mask", ids.type(), Shape.of(batch, TOTAL));
    this.positions = graph.input("position_ids", ids.type(), ids.shape());
    Shape past =
        Shape.of(
            batch,
            Dim.of(config.keyValueHeads()),
            Dim.of("past_sequence_length"),
            Dim.of(config.headSize()));
    for (int i = 0; i < config.layers(); i++) {
      pasts.add(graph.input("past_key_values." + i + ".key", FLOAT, past));
      pasts.add(graph.input("past_key_values." + i + ".value", FLOAT, past));
    }
  }

  /** The cosines and sines of a rotation at every position, [batch, 1, sequence, pairs]. */
  private List<Value> turns(Rope rope) {
    RotarySections sections = RotarySections.of(config);
    RotaryFrequencies section = sections.all().get(sections.of(rope));
    Value frequencies = constant(section);
    if (sections.dependOnLength()) {
      Value last = ops.reduceMax(ops.cast(positions, FLOAT), true, 1);
      Value limit = ops.graph().constant((float) sections.longFrom());
      Value isLong = ops.unsqueeze(ops.greaterOrEqual(last, limit), 1, -1);
      Value longer = constant(sections.all().get(sections.of(rope) + 1));
      frequencies = ops.where(isLong, longer, frequencies);
    }
    Value angles = ops.mul(ops.unsqueeze(ops.cast(positions, FLOAT), 1, -1), frequencies);
    return List.of(
        RotaryTables.scaled(ops, ops.cos(angles), section),
        RotaryTables.scaled(ops, ops.sin(angles), section));
  }

  private Value constant(RotaryFrequencies section) {
    return ops.graph().constant(section.angles(), section.angles().length);
  }

  /** The grown cache: keys and values of every layer that was applied. */
  List<Value> presents() {
    return List.copyOf(presents);
  }

  @Override
  public Value apply(int layer, Value q, Value k, Value v) {
    String present = "present." + layer;
    Value keys = grown(pasts.get(2 * layer), turned(layer, heads(k, config.keyValueHeads())));
    Value values = grown(pasts.get(2 * layer + 1), heads(v, config.keyValueHeads()));
    presents.add(ops.identity(keys, present + ".key"));
    presents.add(ops.identity(values, present + ".value"));

    long group = config.groupSize();
    long[] grouped = {0, config.keyValueHeads(), group, -1, config.headSize()};
    Dim sequence = ids.shape().dim(1);
    Value perQuery = turned(layer, gained(heads(q, config.heads())));
    Value queries = ops.reshape(perQuery, grouped, sequence);
    Value product =
        ops.matMul(queries, false, ops.unsqueeze(keys, 2), true, ScoringAttention.scale(config));
    Value scores = ScoringAttention.capped(ops, product, config.style().attentionCap());
    Value mask = masks.computeIfAbsent(config.windowOf(layer), this::mask);
    Value seen = ops.matMul(ops.softmax(ops.add(scores, mask)), ops.unsqueeze(values, 2));
    Value perHead =
        ops.reshape(seen, new long[] {0, config.heads(), -1, config.headSize()}, sequence);
    long joined = (long) config.heads() * config.headSize();
    return ops.reshape(ops.transpose(perHead, 0, 2, 1, 3), new long[] {0, 0, joined}, Dim.of(1));
  }

  /**
   * 0 where a row's token may look at a column's, [batch, 1, 1, sequence, total].
   *
   * @param window how many tokens back, its own counted; 0 is all
   */
  private Value mask(int window) {
    Value zero = ops.graph().constant(0);
    Value masked = ops.graph().constant(MASKED);
    Value total = ops.sizeOf(attentionMask, 1);
    Value sequence = ops.sizeOf(ids, 1);
    Value steps = ops.range(sequence, ids.shape().dim(1));
    Value rows = ops.unsqueeze(ops.add(steps, ops.sub(total, sequence)), 1);
    Value columns = ops.unsqueeze(ops.range(total, TOTAL), 0);
    Value seen = ops.unsqueeze(ops.cast(attentionMask, BOOL), 1, 2, 3);
    Value mask = ops.where(seen, zero, masked);
    mask = ops.where(ops.greaterOrEqual(rows, columns), mask, masked);
    if (window > 0) {
      Value reach = ops.add(columns, ops.graph().constant(new long[] {window - 1L}));
      mask = ops.where(ops.greaterOrEqual(reach, rows), mask, masked);
    }
    return mask;
  }

  private Value grown(Value past, Value news) {
    return ops.concat(List.of(past, news), 2, TOTAL);
  }

  /** [batch, sequence, n · headSize] as [batch, n, sequence, headSize]. */
  private Value heads(Value x, int n) {
    Value split = ops.reshape(x, new long[] {0, 0, n, config.headSize()}, Dim.of(1));
    return ops.transpose(split, 0, 2, 1, 3);
  }

  /** Each head turned by its position: its halves are the two coordinates of its pairs. */
  private Value turned(int layer, Value x) {
    Optional<Rope> rope = config.ropeOf(layer);
    if (rope.isEmpty()) {
      return x;
    }
    List<Value> turn = turns.computeIfAbsent(rope.get(), this::turns);
    Value cos = turn.get(0);
    Value sin = turn.get(1);
    long turned = rope.get().turned(config.headSize());
    long rest = config.headSize() - turned;
    List<Value> parts =
        rest == 0
            ? ops.split(x, 3, turned / 2, turned / 2)
            : ops.split(x, 3, turned / 2, turned / 2, rest);
    Value a = parts.get(0);
    Value b = parts.get(1);
    List<Value> all = new ArrayList<>();
    all.add(ops.sub(ops.mul(a, cos), ops.mul(b, sin)));
    all.add(ops.add(ops.mul(b, cos), ops.mul(a, sin)));
    all.addAll(parts.subList(2, parts.size()));
    return ops.concat(all, 3, Dim.of(config.headSize()));
  }

  private Value gained(Value q) {
    if (config.style().positionGain() == 0) {
      return q;
    }
    return ops.mul(q, ops.unsqueeze(PositionGain.of(ops, config.style(), positions, FLOAT), 1, -1));
  }
}
