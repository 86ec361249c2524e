package org.riselm.onnx.internal.decoder;

import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.BlockStyle;

/** How queries grow with their position, as {@link BlockStyle#positionGain} says. */
final class PositionGain {
  private PositionGain() {}

  /**
   * Adds the factors.
   *
   * @param positions int64
   * @return factors of the shape of {@code positions}
   */
  static Value of(Ops ops, BlockStyle style, Value positions, ElementType type) {
    Value one = ops.graph().constant(1);
    Value context = ops.graph().constant(new long[] {style.gainContext()});
    Value times = ops.cast(ops.div(positions, context), ElementType.FLOAT);
    Value gain = ops.graph().constant((float) style.positionGain());
    return ops.as(ops.add(one, ops.mul(gain, ops.log(ops.add(one, times)))), type);
  }
}
