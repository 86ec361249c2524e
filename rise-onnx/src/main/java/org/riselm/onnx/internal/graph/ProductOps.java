package org.riselm.onnx.internal.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Products of matrices. */
interface ProductOps extends ShapeOps {
  /** The matrix products of a and b over their last two axes. */
  default Value matMul(Value a, Value b) {
    return matMul(a, false, b, false, 1);
  }

  /** {@code alpha} · a′b′, where a′ and b′ are a and b with their last two axes swapped or not. */
  default Value matMul(Value a, boolean transposeA, Value b, boolean transposeB, float alpha) {
    Dim inner = a.shape().dim(transposeA ? -2 : -1);
    if (!inner.fits(b.shape().dim(transposeB ? -1 : -2))) {
      throw new IllegalArgumentException(
          "matrices %s%s and %s%s do not multiply"
              .formatted(a, transposeA ? "ᵀ" : "", b, transposeB ? "ᵀ" : ""));
    }
    Shape batch = batchOf(a).broadcast(batchOf(b));
    List<Dim> dims = new ArrayList<>(batch.dims());
    dims.add(a.shape().dim(transposeA ? -1 : -2));
    dims.add(b.shape().dim(transposeB ? -2 : -1));
    Value out = NodeSink.of(a.type(), new Shape(dims));
    if (!transposeA && !transposeB && alpha == 1) {
      return node(ONNX, "MatMul", List.of(a, b), Map.of(), out);
    }
    Map<String, Attribute> attributes =
        Map.of(
            "transA", new Attribute.Int(transposeA ? 1 : 0),
            "transB", new Attribute.Int(transposeB ? 1 : 0),
            "alpha", new Attribute.Real(alpha));
    return node(CONTRIB, "FusedMatMul", List.of(a, b), attributes, out);
  }

  /** x·wᵀ: a linear layer whose weight w is [out, in], as Hugging Face stores it. */
  default Value linear(Value x, Value w) {
    return matMul(x, false, w, true, 1);
  }

  private static Shape batchOf(Value v) {
    return new Shape(v.shape().dims().subList(0, v.shape().rank() - 2));
  }
}
