package org.riselm.onnx.autodiff;

import java.util.List;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Value;

/** Rules of operators that work element by element. */
final class ElementwiseRules {
  private ElementwiseRules() {}

  static List<Value> add(Backward b) {
    return List.of(
        b.wants(0) ? b.reduceTo(b.dy(), b.x(0)) : Value.ABSENT,
        b.wants(1) ? b.reduceTo(b.dy(), b.x(1)) : Value.ABSENT);
  }

  static List<Value> sub(Backward b) {
    return List.of(
        b.wants(0) ? b.reduceTo(b.dy(), b.x(0)) : Value.ABSENT,
        b.wants(1) ? b.ops().neg(b.reduceTo(b.dy(), b.x(1))) : Value.ABSENT);
  }

  static List<Value> mul(Backward b) {
    return List.of(
        b.wants(0) ? b.reduceTo(b.ops().mul(b.dy(), b.x(1)), b.x(0)) : Value.ABSENT,
        b.wants(1) ? b.reduceTo(b.ops().mul(b.dy(), b.x(0)), b.x(1)) : Value.ABSENT);
  }

  // d(a/c)/dc = −(a/c)/c
  static List<Value> div(Backward b) {
    Ops ops = b.ops();
    Value over = ops.div(b.dy(), b.x(1));
    return List.of(
        b.wants(0) ? b.reduceTo(over, b.x(0)) : Value.ABSENT,
        b.wants(1) ? ops.neg(b.reduceTo(ops.mul(over, b.y(0)), b.x(1))) : Value.ABSENT);
  }

  static List<Value> neg(Backward b) {
    return List.of(b.ops().neg(b.dy()));
  }

  static List<Value> exp(Backward b) {
    return List.of(b.ops().mul(b.dy(), b.y(0)));
  }

  static List<Value> log(Backward b) {
    return List.of(b.ops().div(b.dy(), b.x(0)));
  }

  // d√x = 1 / (2√x)
  static List<Value> sqrt(Backward b) {
    Ops ops = b.ops();
    return List.of(ops.div(ops.mul(b.dy(), b.number(0.5f)), b.y(0)));
  }

  // s′ = s(1 − s)
  static List<Value> sigmoid(Backward b) {
    Ops ops = b.ops();
    Value slope = ops.mul(b.y(0), ops.sub(b.number(1), b.y(0)));
    return List.of(ops.mul(b.dy(), slope));
  }

  // t′ = 1 − t²
  static List<Value> tanh(Backward b) {
    Ops ops = b.ops();
    Value slope = ops.sub(b.number(1), ops.mul(b.y(0), b.y(0)));
    return List.of(ops.mul(b.dy(), slope));
  }

  // y = x·s(αx), so y′ = s + α·y·(1 − s)
  static List<Value> quickGelu(Backward b) {
    Ops ops = b.ops();
    float alpha = b.node().realAttribute("alpha", 1.702f);
    if (alpha == 1 && b.isHalf()) {
      return List.of(ops.siluGradient(b.dy(), b.x(0)));
    }
    Value scaled = alpha == 1 ? b.x(0) : ops.mul(b.x(0), b.number(alpha));
    Value s = ops.sigmoid(scaled);
    Value y = alpha == 1 ? b.y(0) : ops.mul(b.y(0), b.number(alpha));
    Value slope = ops.add(s, ops.mul(y, ops.sub(b.number(1), s)));
    return List.of(ops.mul(b.dy(), slope));
  }

  static List<Value> where(Backward b) {
    Ops ops = b.ops();
    Value zero = b.number(0);
    return List.of(
        Value.ABSENT,
        b.wants(1) ? b.reduceTo(ops.where(b.x(0), b.dy(), zero), b.x(1)) : Value.ABSENT,
        b.wants(2) ? b.reduceTo(ops.where(b.x(0), zero, b.dy()), b.x(2)) : Value.ABSENT);
  }

  // What was dropped gets nothing; the rest is larger by as much as the output was.
  static List<Value> dropout(Backward b) {
    Ops ops = b.ops();
    double ratio =
        ops.graph()
            .constantFloat(b.x(1))
            .orElseThrow(() -> new MissingGradientException(b.refusal("needs a constant ratio")));
    Value kept = b.number((float) (1 / (1 - ratio)));
    Value mask = ops.mul(ops.cast(b.y(1), b.dy().type()), kept);
    return ShapeRules.onlyFirst(b, ops.mul(b.dy(), mask));
  }

  static List<Value> cast(Backward b) {
    return List.of(b.ops().cast(b.dy(), b.x(0).type()));
  }

  static List<Value> identity(Backward b) {
    return List.of(b.dy());
  }
}
