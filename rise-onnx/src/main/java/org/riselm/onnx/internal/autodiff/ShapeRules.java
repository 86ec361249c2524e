package org.riselm.onnx.internal.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;

/** Rules of operators that move numbers without changing them. */
final class ShapeRules {
  private ShapeRules() {}

  static List<Value> reshape(Backward b) {
    Ops ops = b.ops();
    return onlyFirst(b, ops.reshape(b.dy(), ops.shapeOf(b.x(0)), b.x(0).shape()));
  }

  static List<Value> transpose(Backward b) {
    int rank = b.x(0).shape().rank();
    List<Long> reversed = new ArrayList<>();
    for (int i = rank - 1; i >= 0; i--) {
      reversed.add((long) i);
    }
    List<Long> permutation = b.node().intsAttribute("perm", reversed);
    int[] inverse = new int[rank];
    for (int i = 0; i < rank; i++) {
      inverse[permutation.get(i).intValue()] = i;
    }
    return List.of(b.ops().transpose(b.dy(), inverse));
  }

  static List<Value> expand(Backward b) {
    return onlyFirst(b, b.reduceTo(b.dy(), b.x(0)));
  }

  static List<Value> concat(Backward b) {
    Ops ops = b.ops();
    int axis = (int) b.node().intAttribute("axis", 0);
    List<Value> sizes = new ArrayList<>();
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < b.node().inputs().size(); i++) {
      Dim dim = b.x(i).shape().dim(axis);
      dims.add(dim);
      sizes.add(
          dim instanceof Dim.Fixed f
              ? ops.graph().constant(new long[] {f.size()}, 1)
              : ops.unsqueeze(ops.sizeOf(b.x(i), axis), 0));
    }
    return ops.split(b.dy(), axis, ops.concat(sizes, 0, Dim.of(sizes.size())), dims);
  }

  static List<Value> split(Backward b) {
    Ops ops = b.ops();
    int axis = (int) b.node().intAttribute("axis", 0);
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < b.gradients().size(); i++) {
      Value g = b.gradients().get(i);
      Value y = b.y(i);
      parts.add(g.isAbsent() ? ops.as(ops.zeros(ops.shapeOf(y), y.shape()), y.type()) : g);
    }
    return onlyFirst(b, ops.concat(parts, axis, b.x(0).shape().dim(axis)));
  }

  static List<Value> onlyFirst(Backward b, Value gradient) {
    List<Value> gradients =
        new ArrayList<>(Collections.nCopies(b.node().inputs().size(), Value.ABSENT));
    gradients.set(0, gradient);
    return gradients;
  }
}
