package org.riselm.onnx.internal.decoder;

import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * A weight [rows, columns] in a graph, in floats of any size or in blocks.
 *
 * @param ops adds nodes
 * @param stored the floats, or the blocks [rows, blocks, bytes]
 * @param scales of the blocks [rows, blocks]; absent if there are none
 * @param format of the blocks; of no meaning if there are none
 */
record Matrix(Ops ops, Value stored, Value scales, BlockFormat format) {
  /** Whether it is in blocks. */
  boolean isQuantized() {
    return !scales.isAbsent();
  }

  /** The number of its rows. */
  long rows() {
    return ((Dim.Fixed) stored.shape().dim(0)).size();
  }

  /** The number of its columns. */
  long columns() {
    long last = ((Dim.Fixed) stored.shape().dim(1)).size();
    return isQuantized() ? last * BlockFormat.SIZE : last;
  }

  /** This, not before {@code first} is computed; see {@link Ops#after}. */
  Matrix after(Value first) {
    return new Matrix(ops, ops.after(stored, first), scales, format);
  }

  /** Rows {@code from}, inclusive, to {@code to}, exclusive. */
  Matrix part(long from, long to) {
    if (to - from == rows()) {
      return this;
    }
    Value some = isQuantized() ? ops.rows(scales, from, to) : scales;
    return new Matrix(ops, ops.rows(stored, from, to), some, format);
  }

  /** All of it in floats of {@code type}. */
  Value in(ElementType type) {
    return ops.as(isQuantized() ? dequantized() : stored, type);
  }

  /** The product of x [.., columns] with this transposed: [.., rows]. */
  Value product(Value x) {
    return ops.linearOfBlocks(x, stored, scales, format.bits(), BlockFormat.SIZE);
  }

  /** The rows that {@code ids} names, in fp32 if it is in blocks: ids' shape, and columns. */
  Value rowsOf(Value ids) {
    Value picked = ops.gather(stored, ids, 0);
    if (!isQuantized()) {
      return picked;
    }
    Value whole = ops.cast(wholes(picked, ids.shape().rank()), ElementType.FLOAT);
    Value centered = ops.sub(whole, ops.graph().constant((float) format.half()));
    int rank = ids.shape().rank();
    Value scale = ops.unsqueeze(ops.gather(scales, ids, 0), rank + 1);
    return ops.reshape(ops.mul(centered, scale), keeping(rank, columns()), Dim.of(1));
  }

  private Value dequantized() {
    Value blocks = ops.reshape(wholes(stored, 1), new long[] {-1, BlockFormat.SIZE}, count());
    Value scale = ops.reshape(scales, new long[] {-1}, count());
    Value zero = ops.graph().constant((byte) format.half());
    Value zeros = ops.expand(zero, ops.shapeOf(scale), Shape.of(count())).as(Shape.of(count()));
    Value floats = ops.dequantize(blocks, scale, zeros);
    return ops.reshape(floats, new long[] {rows(), columns()}, Dim.of(1));
  }

  private Dim count() {
    return Dim.of(rows() * columns() / BlockFormat.SIZE);
  }

  /** Blocks of bytes as blocks of one whole number a byte; {@code rank} axes are before them. */
  private Value wholes(Value blocks, int rank) {
    if (format.bits() == 8) {
      return blocks;
    }
    // All of a byte's upper half, and of its lower half what is left when that was shifted out.
    Value upper = ops.shift(blocks, 4, false);
    Value lower = ops.shift(ops.shift(blocks, 4, true), 4, false);
    int last = rank + 2;
    Value both =
        ops.concat(
            List.of(ops.unsqueeze(lower, last), ops.unsqueeze(upper, last)), last, Dim.of(2));
    return ops.reshape(
        both, keeping(rank, columns() / BlockFormat.SIZE, BlockFormat.SIZE), Dim.of(1));
  }

  /** The target of a reshape that keeps so many axes, and has these sizes behind them. */
  private static long[] keeping(int axes, long... sizes) {
    long[] target = new long[axes + sizes.length];
    System.arraycopy(sizes, 0, target, axes, sizes.length);
    return target;
  }

  /** What tells matrices in blocks of one format by their names in a graph. */
  static Matrix of(Ops ops, ParameterLayout layout, String name, Map<String, Value> parameters) {
    Value stored = parameters.get(name);
    if (stored == null) {
      throw new IllegalStateException("the graph has no parameter " + name);
    }
    Value scales = parameters.getOrDefault(BlockFormat.scales(name), Value.ABSENT);
    return new Matrix(ops, stored, scales, layout.blocks());
  }
}
