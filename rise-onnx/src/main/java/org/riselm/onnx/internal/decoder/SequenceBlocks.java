package org.riselm.onnx.internal.decoder;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;

/** A sequence in blocks of nearly equal size, which only a run knows; none may be empty. */
final class SequenceBlocks {
  private final Ops ops;
  private final Dim sequence;
  private final Value starts;
  private final Value ends;
  private final Value sizes;
  private final int count;

  /**
   * Adds the sizes.
   *
   * @param ids [batch, sequence]; the sequence must not be shorter than count
   * @param count how many blocks
   */
  SequenceBlocks(Ops ops, Value ids, int count) {
    this.ops = ops;
    this.count = count;
    this.sequence = ids.shape().dim(1);
    long[] first = new long[count];
    long[] second = new long[count];
    for (int i = 0; i < count; i++) {
      first[i] = i;
      second[i] = i + 1L;
    }
    Value size = ops.sizeOf(ids, 1);
    Value parts = ops.graph().constant(new long[] {count});
    this.starts = ops.div(ops.mul(size, ops.graph().constant(first, count)), parts);
    this.ends = ops.div(ops.mul(size, ops.graph().constant(second, count)), parts);
    this.sizes = ops.sub(ends, starts);
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** Where block {@code i} starts, int64 [1]. */
  Value start(int i) {
    return at(starts, i);
  }

  private Value at(Value values, int i) {
    return ops.gather(values, ops.graph().constant(new long[] {i}, 1), 0);
  }

  /** The size of block {@code i}. */
  Dim part(int i) {
    return sequence.part(i + 1, count);
  }

  private Dim upTo(int i) {
    return sequence.upTo(i + 1, count);
  }

  /** The blocks of x, whose axis {@code axis} is the sequence. */
  List<Value> cut(Value x, int axis) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      dims.add(part(i));
    }
    return count == 1 ? List.of(x) : ops.split(x, axis, sizes, dims);
  }

  /** For every block, x up to its end. */
  List<Value> prefixes(Value x, int axis) {
    List<Value> prefixes = new ArrayList<>();
    prefixes.add(x);
    // Each is cut from the next longer one, so that its gradient is filled up by one block only.
    for (int i = count - 2; i >= 0; i--) {
      Value cuts = ops.concat(List.of(at(ends, i), at(sizes, i + 1)), 0, Dim.of(2));
      List<Dim> dims = List.of(upTo(i), part(i + 1));
      prefixes.add(ops.split(prefixes.get(prefixes.size() - 1), axis, cuts, dims).get(0));
    }
    Collections.reverse(prefixes);
    return prefixes;
  }

  /**
   * 0 where a block's token may look at one up to the block's end, else {@code masked}: [block, up
   * to its end].
   *
   * @param window how many tokens back, its own counted; 0 is all
   */
  Value mask(int i, int window, float masked) {
    Value rows = ops.add(ops.range(scalar(sizes, i), part(i)), start(i));
    Value columns = ops.unsqueeze(ops.range(scalar(ends, i), upTo(i)), 0);
    Value row = ops.unsqueeze(rows, 1);
    Value zero = ops.graph().constant(0);
    Value hidden = ops.graph().constant(masked);
    Value mask = ops.where(ops.greaterOrEqual(row, columns), zero, hidden);
    if (window > 0) {
      Value reach = ops.add(columns, ops.graph().constant(new long[] {window - 1L}));
      mask = ops.where(ops.greaterOrEqual(reach, row), mask, hidden);
    }
    return mask;
  }

  private Value scalar(Value values, int i) {
    return ops.gather(values, ops.graph().constant(new long[] {i}), 0);
  }
}
