package org.riselm.onnx.internal.decoder;

import static org.riselm.onnx.internal.runtime.ElementType.BOOL;
import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.model.DecoderConfig;

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
  private final Value cos;
  private final Value sin;
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
    Value positions = graph.input("position_ids", ids.type(), ids.shape());
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
    float[] frequencies = RotaryFrequencies.of(config.rope(), config.headSize());
    Value perHead = ops.unsqueeze(ops.cast(positions, FLOAT), 1, -1);
    Value angles = ops.mul(perHead, graph.constant(frequencies, frequencies.length));
    this.cos = ops.cos(angles);
    this.sin = ops.sin(angles);
  }

  /** The grown cache: keys and values of every layer that was applied. */
  List<Value> presents() {
    return List.copyOf(presents);
  }

  @Override
  public Value apply(int layer, Value q, Value k, Value v) {
    String present = "present." + layer;
    Value keys = grown(pasts.get(2 * layer), turned(heads(k, config.keyValueHeads())));
    Value values = grown(pasts.get(2 * layer + 1), heads(v, config.keyValueHeads()));
    presents.add(ops.identity(keys, present + ".key"));
    presents.add(ops.identity(values, present + ".value"));

    long group = config.groupSize();
    long[] grouped = {0, config.keyValueHeads(), group, -1, config.headSize()};
    Dim sequence = ids.shape().dim(1);
    Value queries = ops.reshape(turned(heads(q, config.heads())), grouped, sequence);
    Value scores =
        ops.matMul(queries, false, ops.unsqueeze(keys, 2), true, ScoringAttention.scale(config));
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
  private Value turned(Value x) {
    long half = config.headSize() / 2;
    List<Value> halves = ops.split(x, 3, half, half);
    Value a = halves.get(0);
    Value b = halves.get(1);
    return ops.concat(
        List.of(
            ops.sub(ops.mul(a, cos), ops.mul(b, sin)), ops.add(ops.mul(b, cos), ops.mul(a, sin))),
        3,
        Dim.of(config.headSize()));
  }
}
