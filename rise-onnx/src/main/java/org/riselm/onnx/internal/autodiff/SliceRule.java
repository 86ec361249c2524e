package org.riselm.onnx.internal.autodiff;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/** The rule of slices: what was cut off gets nothing, the rest what came out, where it was. */
final class SliceRule {
  private final Backward b;
  private final Ops ops;

  private SliceRule(Backward b) {
    this.b = b;
    this.ops = b.ops();
  }

  static List<Value> apply(Backward b) {
    return new SliceRule(b).gradients();
  }

  // Axis by axis, for each shows alone what was taken of it.
  private List<Value> gradients() {
    long[] axes =
        b.node().input(3).isAbsent() ? LongStream.range(0, starts()).toArray() : b.constantInput(3);
    Value gradient = b.dy();
    for (int i = 0; i < axes.length; i++) {
      int axis = b.x(0).shape().axis((int) axes[i]);
      gradient = putBack(gradient, axis, i);
    }
    return ShapeRules.onlyFirst(b, gradient);
  }

  private long starts() {
    if (b.x(1).shape().dim(0) instanceof Dim.Fixed f) {
      return f.size();
    }
    throw new MissingGradientException(b.refusal("needs to know how many axes it cuts"));
  }

  /** The gradient with what was cut off of {@code axis}, which is number {@code i} of those cut. */
  private Value putBack(Value gradient, int axis, int i) {
    Shape whole = gradient.shape().with(axis, b.x(0).shape().dim(axis));
    Optional<long[]> fixed = fixedEnds(axis, i);
    if (fixed.isPresent()) {
      long[] before = new long[whole.rank()];
      long[] behind = new long[whole.rank()];
      before[axis] = fixed.get()[0];
      behind[axis] = fixed.get()[1];
      return before[axis] + behind[axis] == 0 ? gradient : ops.pad(gradient, before, behind);
    }
    Value all = ops.range(ops.sizeOf(b.x(0), axis), b.x(0).shape().dim(axis));
    Dim count = gradient.shape().dim(axis);
    Value taken = ops.rows(all, number(1, i), number(2, i), step(i), count);
    long[] along = new long[whole.rank()];
    java.util.Arrays.fill(along, 1);
    along[axis] = -1;
    Value places = ops.reshape(taken, along, count);
    Value indices = ops.expand(places, ops.shapeOf(gradient), gradient.shape());
    Value zeros = ops.zeros(wholeSize(gradient, axis), whole);
    return ops.scatterAdd(zeros, indices, gradient, axis);
  }

  /** The shape of {@code gradient} with the whole of {@code axis}, as the run has it. */
  private Value wholeSize(Value gradient, int axis) {
    Value place = ops.graph().constant(new long[] {axis}, 1);
    Value own = ops.shapeOf(gradient);
    Value difference = ops.sub(ops.sizes(b.x(0), axis), ops.sizes(gradient, axis));
    return ops.scatterAdd(own, place, difference, 0);
  }

  /** How much was cut off before and behind, if it is known and nothing was left out between. */
  private Optional<long[]> fixedEnds(int axis, int i) {
    Optional<long[]> starts = ops.graph().constantLongs(b.node().input(1));
    Optional<long[]> ends = ops.graph().constantLongs(b.node().input(2));
    Optional<long[]> steps = ops.graph().constantLongs(b.node().input(4));
    boolean byOne = b.node().input(4).isAbsent() || (steps.isPresent() && steps.get()[i] == 1);
    if (starts.isEmpty()
        || ends.isEmpty()
        || !byOne
        || !(b.x(0).shape().dim(axis) instanceof Dim.Fixed f)) {
      return Optional.empty();
    }
    long from = within(starts.get()[i], f.size());
    long to = Math.max(from, within(ends.get()[i], f.size()));
    return Optional.of(new long[] {from, f.size() - to});
  }

  private static long within(long place, long size) {
    long fromFront = place < 0 ? place + size : place;
    return Math.max(0, Math.min(size, fromFront));
  }

  private Value step(int i) {
    return b.node().input(4).isAbsent() ? ops.graph().constant(new long[] {1}, 1) : number(4, i);
  }

  /** Number {@code i} of what input {@code index} lists, int64 [1]. */
  private Value number(int index, int i) {
    Value list = ops.as(b.x(index), ElementType.INT64);
    return ops.gather(list, ops.graph().constant(new long[] {i}, 1), 0);
  }
}
