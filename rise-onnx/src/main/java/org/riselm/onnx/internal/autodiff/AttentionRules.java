package org.riselm.onnx.internal.autodiff;

import java.util.List;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Value;

/** The rule of rotary embeddings. */
final class AttentionRules {
  private AttentionRules() {}

  // A rotation's transpose is the rotation back: the same operator with the sines negated.
  static List<Value> rotary(Backward b) {
    if (b.node().realAttribute("scale", 1) != 1) {
      throw new MissingGradientException(b.refusal("has no rule for a scale"));
    }
    Value back = b.ops().neg(b.x(3));
    Value dx =
        b.ops()
            .graph()
            .add(
                b.node().domain(),
                b.node().operator(),
                List.of(b.dy(), b.x(1), b.x(2), back),
                b.node().attributes(),
                List.of(new Value("", b.dy().type(), b.dy().shape())))
            .get(0);
    return List.of(dx, Value.ABSENT, Value.ABSENT, Value.ABSENT);
  }
}
