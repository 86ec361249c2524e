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

  /**
   * x·wᵀ of a w in blocks, which ONNX Runtime packs if it is an initializer; x is rounded to 8 bits
   * on the way.
   *
   * @param x [.., columns]
   * @param blocks uint8 [rows, columns / size, size · bits / 8]
   * @param scales [rows, columns / size]
   */
  default Value linearOfBlocks(Value x, Value blocks, Value scales, int bits, int size) {
    long rows = ((Dim.Fixed) blocks.shape().dim(0)).size();
    long columns = ((Dim.Fixed) blocks.shape().dim(1)).size() * size;
    Map<String, Attribute> attributes =
        Map.of(
            "N", new Attribute.Int(rows),
            "K", new Attribute.Int(columns),
            "bits", new Attribute.Int(bits),
            "block_size", new Attribute.Int(size),
            "accuracy_level", new Attribute.Int(4));
    Value out = NodeSink.of(x.type(), x.shape().with(-1, Dim.of(rows)));
    return node(CONTRIB, "MatMulNBits", List.of(x, blocks, scales), attributes, out);
  }

  private static Shape batchOf(Value v) {
    return new Shape(v.shape().dims().subList(0, v.shape().rank() - 2));
  }
}
