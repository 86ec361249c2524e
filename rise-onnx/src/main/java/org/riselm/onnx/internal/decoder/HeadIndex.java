package org.riselm.onnx.internal.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.UniqueRows;
import org.riselm.onnx.internal.graph.Value;

/**
 * Where the heads of packed tokens go for attention and come back from: head by head, each with its
 * sequence, in blocks of the sequence one behind the other. One gather both fills sequences up and
 * does what a transposition would, and its gradient is a gather again.
 */
final class HeadIndex {
  private final Ops ops;
  private final SequenceBlocks blocks;
  private final PackedTokens packing;
  private final int heads;
  private final Dim batch;
  private final Value there;
  private final Value slots;
  private final Value back;
  private final List<Value> shapes = new ArrayList<>();
  private final Value cuts;

  /**
   * Adds the places.
   *
   * @param filled which of the tokens is at each place, [batch, filled]
   * @param blocks of filled's columns
   * @param heads of a token
   */
  HeadIndex(Ops ops, PackedTokens packing, Value filled, SequenceBlocks blocks, int heads) {
    this.ops = ops;
    this.packing = packing;
    this.blocks = blocks;
    this.heads = heads;
    this.batch = filled.shape().dim(0);
    Value count = ops.graph().constant(new long[] {heads});
    Value head = ops.unsqueeze(ops.range(count, Dim.of(heads)), 1);
    Value rows = ops.add(ops.mul(ops.unsqueeze(filled, 1), count), head);
    List<Value> flat = new ArrayList<>();
    List<Value> sizes = new ArrayList<>();
    for (Value block : blocks.cut(rows, 2)) {
      shapes.add(ops.shapeOf(block));
      flat.add(ops.reshape(block, new long[] {-1}, size(block.shape().dim(2))));
      sizes.add(ops.productOfSizes(block, 0, 3));
    }
    this.cuts = ops.concat(sizes, 0, Dim.of(sizes.size()));
    Dim all = size(filled.shape().dim(1));
    this.there = ops.concat(flat, 0, all);
    this.slots = slots(filled, all);
    this.back = flat(ops.gather(slots, packing.tokensInFilled(), 0));
  }

  private Dim size(Dim columns) {
    return batch.times(Dim.of(heads)).times(columns);
  }

  /** Where, in blocks one behind the other, every place's heads are: [batch · filled, heads]. */
  private Value slots(Value filled, Dim all) {
    Value numbers = ops.range(ops.sizeOf(there, 0), all);
    List<Value> parts = ops.split(numbers, 0, cuts, dims());
    List<Value> shaped = new ArrayList<>();
    for (int i = 0; i < blocks.count(); i++) {
      Shape shape = Shape.of(batch, Dim.of(heads), blocks.part(i));
      shaped.add(ops.reshape(parts.get(i), shapes.get(i), shape));
    }
    Value whole = ops.concat(shaped, 2, filled.shape().dim(1));
    return ops.flattenRows(ops.transpose(whole, 0, 2, 1));
  }

  private Value flat(Value places) {
    Dim rows = places.shape().dim(0).times(Dim.of(heads));
    return ops.reshape(places, new long[] {-1}, rows);
  }

  /** The blocks of x [tokens, heads · size], each [batch, heads, columns, size]. */
  List<Value> of(Value x) {
    long size = sizeOf(x, 1) / heads;
    Value rows = ops.reshape(x, new long[] {-1, size}, x.shape().dim(0).times(Dim.of(heads)));
    Value gathered = ops.gatherUnique(rows, new UniqueRows(there, back));
    List<Value> parts =
        blocks.count() == 1 ? List.of(gathered) : ops.split(gathered, 0, cuts, dims());
    List<Value> shaped = new ArrayList<>();
    for (int i = 0; i < blocks.count(); i++) {
      Value last = ops.graph().constant(new long[] {size}, 1);
      Value target = ops.concat(List.of(shapes.get(i), last), 0, Dim.of(4));
      Shape shape = Shape.of(batch, Dim.of(heads), blocks.part(i), Dim.of(size));
      shaped.add(ops.reshape(parts.get(i), target, shape));
    }
    return shaped;
  }

  private List<Dim> dims() {
    return IntStream.range(0, blocks.count()).mapToObj(i -> size(blocks.part(i))).toList();
  }

  /** What blocks [batch, heads, columns, size] hold of the tokens: [tokens, heads · size]. */
  Value ofTokens(List<Value> seen) {
    return joined(seen, back, packing.tokensInFilled().shape().dim(0));
  }

  /** What blocks hold of the tokens before targets: [targets, heads · size]. */
  Value ofTargets(List<Value> seen) {
    Value places = packing.targetsInFilled();
    return joined(seen, flat(ops.gather(slots, places, 0)), places.shape().dim(0));
  }

  private Value joined(List<Value> seen, Value places, Dim rows) {
    long size = sizeOf(seen.get(0), -1);
    List<Value> flat = new ArrayList<>();
    for (int i = 0; i < blocks.count(); i++) {
      flat.add(ops.reshape(seen.get(i), new long[] {-1, size}, size(blocks.part(i))));
    }
    Value all = flat.size() == 1 ? flat.get(0) : ops.concat(flat, 0, there.shape().dim(0));
    Value gathered = ops.gatherUnique(all, UniqueRows.some(places));
    return ops.reshape(gathered, new long[] {-1, heads * size}, rows);
  }

  private static long sizeOf(Value x, int axis) {
    return ((Dim.Fixed) x.shape().dim(axis)).size();
  }
}
