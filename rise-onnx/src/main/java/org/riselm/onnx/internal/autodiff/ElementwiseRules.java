package org.riselm.onnx.internal.autodiff;

import java.util.List;
import java.util.stream.IntStream;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Attribute;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;

/** Rules of operators that work element by element. */
final class ElementwiseRules {
  private ElementwiseRules() {}

  static List<Value> add(Backward b) {
    return List.of(
        b.wants(0) ? b.toInput(b.dy(), 0) : Value.ABSENT,
        b.wants(1) ? b.toInput(b.dy(), 1) : Value.ABSENT);
  }

  static List<Value> sum(Backward b) {
    return IntStream.range(0, b.node().inputs().size())
        .mapToObj(i -> b.wants(i) ? b.toInput(b.dy(), i) : Value.ABSENT)
        .toList();
  }

  static List<Value> sub(Backward b) {
    return List.of(
        b.wants(0) ? b.toInput(b.dy(), 0) : Value.ABSENT,
        b.wants(1) ? b.ops().neg(b.toInput(b.dy(), 1)) : Value.ABSENT);
  }

  static List<Value> mul(Backward b) {
    return List.of(
        b.wants(0) ? b.toInput(b.ops().mul(b.dy(), b.x(1)), 0) : Value.ABSENT,
        b.wants(1) ? b.toInput(b.ops().mul(b.dy(), b.x(0)), 1) : Value.ABSENT);
  }

  // d(a/c)/dc = −(a/c)/c
  static List<Value> div(Backward b) {
    Ops ops = b.ops();
    Value over = ops.div(b.dy(), b.x(1));
    return List.of(
        b.wants(0) ? b.toInput(over, 0) : Value.ABSENT,
        b.wants(1) ? ops.neg(b.toInput(ops.mul(over, b.y(0)), 1)) : Value.ABSENT);
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

  // d(xᵖ) = p·xᵖ⁻¹
  static List<Value> pow(Backward b) {
    Ops ops = b.ops();
    if (b.wants(1)) {
      throw new MissingGradientException(b.refusal("has no rule for its exponent"));
    }
    float p = b.constantNumber(1);
    Value power = p == 2 ? b.x(0) : ops.pow(b.x(0), p - 1);
    Value gradient = ops.mul(b.dy(), ops.mul(power, ops.graph().constant(p)));
    return ShapeRules.onlyFirst(b, b.toInput(gradient, 0));
  }

  // d(1/x) = −1/x²
  static List<Value> reciprocal(Backward b) {
    Ops ops = b.ops();
    return List.of(ops.neg(ops.mul(b.dy(), ops.mul(b.y(0), b.y(0)))));
  }

  static List<Value> sin(Backward b) {
    return List.of(b.ops().mul(b.dy(), b.ops().cos(b.x(0))));
  }

  static List<Value> cos(Backward b) {
    return List.of(b.ops().neg(b.ops().mul(b.dy(), b.ops().sin(b.x(0)))));
  }

  static List<Value> relu(Backward b) {
    Ops ops = b.ops();
    Value zero = ops.graph().constant(0);
    return List.of(ops.where(ops.greaterOrEqual(zero, b.x(0)), zero, b.dy()));
  }

  // erf′ = 2/√π · e^(−x²)
  static List<Value> erf(Backward b) {
    Ops ops = b.ops();
    Value bell = ops.exp(ops.neg(ops.mul(b.x(0), b.x(0))));
    Value slope = ops.mul(bell, ops.graph().constant((float) (2 / Math.sqrt(Math.PI))));
    return List.of(ops.mul(b.dy(), slope));
  }

  // y = x·Φ(x), so y′ = Φ + x·φ
  static List<Value> gelu(Backward b) {
    if (new Attribute.Text("tanh").equals(b.node().attributes().get("approximate"))) {
      return tanhGelu(b);
    }
    Ops ops = b.ops();
    Value x = b.x(0);
    Value half = ops.graph().constant(0.5f);
    Value scaled = ops.mul(x, ops.graph().constant((float) Math.sqrt(0.5)));
    Value below = ops.mul(half, ops.add(ops.erf(scaled), ops.graph().constant(1)));
    Value bell = ops.exp(ops.neg(ops.mul(half, ops.mul(x, x))));
    Value density = ops.mul(bell, ops.graph().constant((float) (1 / Math.sqrt(2 * Math.PI))));
    return List.of(ops.mul(b.dy(), ops.add(below, ops.mul(x, density))));
  }

  // y = x/2·(1 + t) with t = tanh(c·(x + k·x³)), so y′ = (1 + t)/2 + x/2·(1 − t²)·c·(1 + 3k·x²)
  private static List<Value> tanhGelu(Backward b) {
    Ops ops = b.ops();
    Value x = b.x(0);
    Value one = b.number(1);
    Value c = b.number((float) Math.sqrt(2 / Math.PI));
    Value square = ops.mul(x, x);
    Value inner = ops.add(one, ops.mul(square, b.number(0.044715f)));
    Value t = ops.tanh(ops.mul(c, ops.mul(x, inner)));
    Value slope = ops.mul(c, ops.add(one, ops.mul(square, b.number(3 * 0.044715f))));
    Value bend = ops.mul(ops.mul(x, ops.sub(one, ops.mul(t, t))), slope);
    Value half = ops.mul(b.number(0.5f), ops.add(ops.add(one, t), bend));
    return List.of(ops.mul(b.dy(), half));
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
    if (alpha == 1) {
      return List.of(ops.siluGradient(b.dy(), b.x(0)));
    }
    Value s = ops.sigmoid(ops.mul(b.x(0), b.number(alpha)));
    Value y = ops.mul(b.y(0), b.number(alpha));
    Value slope = ops.add(s, ops.mul(y, ops.sub(b.number(1), s)));
    return List.of(ops.mul(b.dy(), slope));
  }

  static List<Value> where(Backward b) {
    Ops ops = b.ops();
    Value zero = b.number(0);
    return List.of(
        Value.ABSENT,
        b.wants(1) ? b.toInput(ops.where(b.x(0), b.dy(), zero), 1) : Value.ABSENT,
        b.wants(2) ? b.toInput(ops.where(b.x(0), zero, b.dy()), 2) : Value.ABSENT);
  }

  // What was dropped gets nothing; the rest is larger by as much as the output was. A model that is
  // not being trained drops nothing.
  static List<Value> dropout(Backward b) {
    Ops ops = b.ops();
    if (b.node().input(2).isAbsent() || b.constantNumber(2) == 0) {
      return ShapeRules.onlyFirst(b, b.dy());
    }
    if (b.node().outputs().size() < 2) {
      throw new MissingGradientException(b.refusal("needs its mask as its second output"));
    }
    Value kept = b.number(1 / (1 - b.constantNumber(1)));
    Value mask = ops.mul(ops.cast(b.y(1), b.dy().type()), kept);
    return ShapeRules.onlyFirst(b, ops.mul(b.dy(), mask));
  }

  static List<Value> cast(Backward b) {
    return ShapeRules.onlyFirst(b, b.ops().cast(b.dy(), b.x(0).type()));
  }

  static List<Value> identity(Backward b) {
    return List.of(b.dy());
  }
}
