package org.riselm.onnx.internal.graph;

import java.util.List;
import java.util.stream.IntStream;

/** Adds operators of ONNX itself only. */
final class PortableOps extends Ops {
  PortableOps(Graph graph) {
    super(graph);
  }

  @Override
  public Value silu(Value x) {
    return mul(x, sigmoid(x));
  }

  @Override
  public Value matMul(Value a, boolean transposeA, Value b, boolean transposeB, float alpha) {
    Value left = transposeA ? swapped(a) : a;
    Value scaled = alpha == 1 ? left : mul(left, graph().constant(alpha));
    return super.matMul(scaled, false, transposeB ? swapped(b) : b, false, 1);
  }

  /** x with its last two axes swapped. */
  private Value swapped(Value x) {
    int[] axes = IntStream.range(0, x.shape().rank()).toArray();
    axes[axes.length - 1] = axes.length - 2;
    axes[axes.length - 2] = axes.length - 1;
    return transpose(x, axes);
  }

  // In the very operators that ONNX Runtime looks for, to make one of them again.
  @Override
  public List<Value> rmsNorm(Value x, Value scale, float epsilon) {
    Value mean = reduceMean(pow(x, 2), true, -1);
    Value root = sqrt(add(mean, graph().constant(epsilon)));
    Value inverse = div(graph().constant(1), root);
    return List.of(mul(mul(x, inverse), scale), inverse);
  }
}
