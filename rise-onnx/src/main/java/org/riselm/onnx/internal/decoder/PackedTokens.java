package org.riselm.onnx.internal.decoder;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;
import static org.riselm.onnx.internal.runtime.ElementType.INT64;

import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;

/**
 * A batch of sequences as the tokens in it that count, one behind the other: without padding, and
 * without what follows a sequence's last target, which causal attention keeps from being seen. Only
 * attention needs sequences, [batch, filled]: with columns behind them where there are fewer than
 * attention cuts.
 */
final class PackedTokens {
  private static final Dim TOKENS = Dim.of("tokens");
  private static final Dim FILLED = Dim.of("filled");
  private static final Dim MISSING = Dim.of("missing");

  private final Ops ops;
  private final Value ids;
  private final Value positions;
  private final Value missing;
  private final Value lengths;
  private final Value tokens;
  private final Value place;

  /**
   * Adds what tells tokens.
   *
   * @param ids int64 [batch, sequence], right-padded
   * @param positions of the tokens before targets, indices into batch·sequence, int64 [targets]
   * @param least how many columns attention needs
   */
  PackedTokens(Ops ops, Value ids, Value positions, int least) {
    this.ops = ops;
    this.ids = ids;
    this.positions = positions;
    Value columns = ops.sizeOf(ids, 1);
    this.missing = ops.sub(ops.max(ops.graph().constant(new long[] {least}), columns), columns);
    Value counted = counts();
    this.lengths = ops.reduceSum(ops.cast(counted, FLOAT), false, 1);
    Value counts = ops.reshape(counted, new long[] {-1}, all());
    this.tokens = ops.whereTrue(counts, TOKENS);
    // What does not count has the place of a token before it, or the last one's.
    Value before = ops.runningSum(ops.cast(counts, FLOAT), 0, false);
    Value one = ops.graph().constant(new long[] {1});
    this.place = ops.sub(ops.cast(before, INT64), one);
  }

  private Dim all() {
    return ids.shape().dim(0).times(ids.shape().dim(1));
  }

  /** Whether a token has a target behind it, or is the one before it: [batch, sequence]. */
  private Value counts() {
    Value size = ops.productOfSizes(ids, 0, 2);
    Value none = ops.unsqueeze(ops.zeros(size, Shape.of(all())), 1);
    Value one = ops.graph().constant(1);
    Value ones =
        ops.add(ops.zeros(ops.shapeOf(positions), Shape.of(positions.shape().dim(0))), one);
    Value marks = ops.putRows(none, positions, ops.unsqueeze(ones, 1));
    Value targets = ops.reshape(marks, ops.shapeOf(ids), ids.shape());
    Value before = ops.runningSum(targets, 1, true);
    return ops.greaterOrEqual(ops.sub(ops.reduceSum(targets, true, 1), before), one);
  }

  /** The sizes of the dimensions that this makes, by name, of so many tokens that count. */
  static Map<String, Long> sizes(long tokens, long sequence, int least) {
    long missing = Math.max(0, least - sequence);
    return Map.of(
        TOKENS.toString(),
        tokens,
        FILLED.toString(),
        sequence + missing,
        MISSING.toString(),
        missing);
  }

  /** How many tokens of each sequence count, float [batch]. */
  Value lengths() {
    return lengths;
  }

  /** The ids of the tokens, int64 [tokens]. */
  Value ids() {
    return ops.gather(ops.reshape(ids, new long[] {-1}, all()), tokens, 0);
  }

  /** Which of the tokens come before targets, int64 [targets]. */
  Value targets() {
    return ops.gather(place, positions, 0);
  }

  /** Where the tokens are in [batch, filled], int64 [tokens]. */
  Value tokensInFilled() {
    return inFilled(tokens);
  }

  /** Where the tokens before targets are in [batch, filled], int64 [targets]. */
  Value targetsInFilled() {
    return inFilled(positions);
  }

  private Value inFilled(Value places) {
    return ops.add(places, ops.mul(ops.div(places, ops.sizeOf(ids, 1)), missing));
  }

  /** Which of the tokens is at each place, int64 [batch, filled]; any where none is. */
  Value filled() {
    Value sizes = ops.concat(List.of(ops.sizes(ids, 0), ops.unsqueeze(missing, 0)), 0, Dim.of(2));
    Value zeros = ops.cast(ops.zeros(sizes, Shape.of(ids.shape().dim(0), MISSING)), INT64);
    Value rows = ops.reshape(place, ops.shapeOf(ids), ids.shape());
    return ops.concat(List.of(rows, zeros), 1, FILLED);
  }
}
