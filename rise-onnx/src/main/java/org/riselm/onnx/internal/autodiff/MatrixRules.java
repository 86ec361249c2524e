package org.riselm.onnx.internal.autodiff;

import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;

/** The rules of matrix products, plain and fused with transposes, a factor and a sum. */
final class MatrixRules {
  private MatrixRules() {}

  // Y = α·A′·B′ gives dA′ = α·dY·B′ᵀ and dB′ = α·A′ᵀ·dY; a transposed operand's is transposed back.
  static List<Value> matMul(Backward b) {
    if (b.node().intAttribute("transBatchA", 0) != 0
        || b.node().intAttribute("transBatchB", 0) != 0) {
      throw new MissingGradientException(b.refusal("has no rule for transposed batches"));
    }
    if (b.x(0).shape().rank() < 2 || b.x(1).shape().rank() < 2) {
      throw new MissingGradientException(b.refusal("has no rule for vectors"));
    }
    return List.of(b.wants(0) ? left(b) : Value.ABSENT, b.wants(1) ? right(b) : Value.ABSENT);
  }

  private static Value left(Backward b) {
    Ops ops = b.ops();
    Value gradient =
        transposedA(b)
            ? ops.matMul(b.x(1), transposedB(b), b.dy(), true, alpha(b))
            : ops.matMul(b.dy(), false, b.x(1), !transposedB(b), alpha(b));
    return b.reduceTo(gradient.as(batchOfOutput(b, gradient)), b.x(0));
  }

  /** The shape of {@code gradient}, whose batch is the output's, for it is a product with that. */
  private static Shape batchOfOutput(Backward b, Value gradient) {
    int matrix = gradient.shape().rank() - 2;
    List<Dim> dims = new ArrayList<>(b.y(0).shape().dims().subList(0, matrix));
    dims.addAll(gradient.shape().dims().subList(matrix, matrix + 2));
    return new Shape(dims);
  }

  private static Value right(Backward b) {
    Ops ops = b.ops();
    Value a = b.x(0);
    Value dy = b.dy();
    boolean flat = b.x(1).shape().rank() == 2 && a.shape().rank() > 2 && !transposedA(b);
    if (flat) {
      // One product over all rows, instead of one per batch entry and a sum.
      a = ops.flattenRows(a);
      dy = ops.flattenRows(dy);
    }
    Value gradient =
        transposedB(b)
            ? ops.matMul(dy, true, a, transposedA(b), alpha(b))
            : ops.matMul(a, !transposedA(b), dy, false, alpha(b));
    return b.reduceTo(flat ? gradient : gradient.as(batchOfOutput(b, gradient)), b.x(1));
  }

  private static boolean transposedA(Backward b) {
    return b.node().intAttribute("transA", 0) != 0;
  }

  private static boolean transposedB(Backward b) {
    return b.node().intAttribute("transB", 0) != 0;
  }

  private static float alpha(Backward b) {
    return b.node().realAttribute("alpha", 1);
  }

  // Y = α·A′·B′ + β·C
  static List<Value> gemm(Backward b) {
    Ops ops = b.ops();
    float beta = b.node().realAttribute("beta", 1);
    Value c = Value.ABSENT;
    if (b.wants(2)) {
      Value scaled = beta == 1 ? b.dy() : ops.mul(b.dy(), ops.graph().constant(beta));
      c = b.toInput(scaled, 2);
    }
    return List.of(b.wants(0) ? left(b) : Value.ABSENT, b.wants(1) ? right(b) : Value.ABSENT, c);
  }
}
