package org.riselm.onnx.internal.graph;

import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.runtime.ElementType;

/** Operators that work element by element. */
interface ElementwiseOps extends NodeSink {
  /** x, of uint8, shifted by so many bits, to the left or to the right. */
  default Value shift(Value x, int bits, boolean left) {
    Map<String, Attribute> direction =
        Map.of("direction", new Attribute.Text(left ? "LEFT" : "RIGHT"));
    List<Value> inputs = List.of(x, graph().constant((byte) bits));
    return node(ONNX, "BitShift", inputs, direction, NodeSink.like(x));
  }

  /**
   * (x − zero) · scale, in fp32.
   *
   * @param x uint8 [rows, columns]
   * @param scale of each row, [rows]
   * @param zero of each row, uint8 [rows]
   */
  default Value dequantize(Value x, Value scale, Value zero) {
    return node(
        ONNX,
        "DequantizeLinear",
        List.of(x, scale, zero),
        Map.of("axis", new Attribute.Int(0)),
        NodeSink.of(ElementType.FLOAT, x.shape()));
  }

  /** a + b, broadcast. */
  default Value add(Value a, Value b) {
    return binary("Add", a, b);
  }

  /** a − b, broadcast. */
  default Value sub(Value a, Value b) {
    return binary("Sub", a, b);
  }

  /** a · b, broadcast. */
  default Value mul(Value a, Value b) {
    return binary("Mul", a, b);
  }

  /** a / b, broadcast. */
  default Value div(Value a, Value b) {
    return binary("Div", a, b);
  }

  /** −x. */
  default Value neg(Value x) {
    return unary("Neg", x);
  }

  /** eˣ. */
  default Value exp(Value x) {
    return unary("Exp", x);
  }

  /** The natural logarithm. */
  default Value log(Value x) {
    return unary("Log", x);
  }

  /** x to the power of {@code exponent}. */
  default Value pow(Value x, float exponent) {
    return binary("Pow", x, graph().constant(exponent));
  }

  /** √x. */
  default Value sqrt(Value x) {
    return unary("Sqrt", x);
  }

  /** 1 / (1 + e⁻ˣ). */
  default Value sigmoid(Value x) {
    return unary("Sigmoid", x);
  }

  /** The hyperbolic tangent. */
  default Value tanh(Value x) {
    return unary("Tanh", x);
  }

  /** The error function, 2/√π times the integral of e^(−t²) from 0 to x. */
  default Value erf(Value x) {
    return unary("Erf", x);
  }

  /** The cosine. */
  default Value cos(Value x) {
    return unary("Cos", x);
  }

  /** The sine. */
  default Value sin(Value x) {
    return unary("Sin", x);
  }

  /** The larger of a and b, broadcast. */
  default Value max(Value a, Value b) {
    return binary("Max", a, b);
  }

  /** Where {@code condition} holds, a, else b; broadcast. */
  default Value where(Value condition, Value a, Value b) {
    Shape shape = condition.shape().broadcast(a.shape().broadcast(b.shape()));
    return node(ONNX, "Where", List.of(condition, a, b), Map.of(), NodeSink.of(a.type(), shape));
  }

  /** Whether a ≥ b, broadcast. */
  default Value greaterOrEqual(Value a, Value b) {
    Shape shape = a.shape().broadcast(b.shape());
    return node(
        ONNX, "GreaterOrEqual", List.of(a, b), Map.of(), NodeSink.of(ElementType.BOOL, shape));
  }

  /** x as {@code type}. */
  default Value cast(Value x, ElementType type) {
    return node(
        ONNX,
        "Cast",
        List.of(x),
        Map.of("to", new Attribute.Int(type.code())),
        NodeSink.of(type, x.shape()));
  }

  /** x as {@code type}; x itself if it is that already. */
  default Value as(Value x, ElementType type) {
    return x.type() == type ? x : cast(x, type);
  }

  /** x, under the name {@code name}. */
  default Value identity(Value x, String name) {
    return node(ONNX, "Identity", List.of(x), Map.of(), new Value(name, x.type(), x.shape()));
  }

  /**
   * x with a share of its elements at random 0 and the others larger by as much (inverted dropout).
   *
   * @param ratio the share, in [0, 1)
   * @param seed of the mask; a session draws a new one in every run
   */
  default Value dropout(Value x, float ratio, long seed) {
    return graph()
        .add(
            ONNX,
            "Dropout",
            List.of(x, graph().constant(ratio), graph().constant(true)),
            Map.of("seed", new Attribute.Int(seed)),
            List.of(NodeSink.like(x), NodeSink.of(ElementType.BOOL, x.shape())))
        .get(0);
  }
}
