package org.riselm.onnx.autodiff;

import java.util.List;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Value;

/** The rule of rotary embeddings. */
final class AttentionRules {
  private AttentionRules() {}

  // A rotation's transpose is the rotation back: the same operator with the sines negated.
  static List<Value> rotary(Backward b) {
    if (b.node().intAttribute("interleaved", 0) != 0) {
      throw new MissingGradientException(b.refusal("has a rule for half-split heads only"));
    }
    Ops ops = b.ops();
    Value dx = ops.rotary(b.dy(), b.x(1), b.x(2), ops.neg(b.x(3)));
    return List.of(dx, Value.ABSENT, Value.ABSENT, Value.ABSENT);
  }
}
