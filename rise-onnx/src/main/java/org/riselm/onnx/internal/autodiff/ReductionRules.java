package org.riselm.onnx.internal.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Attribute;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;

/** Rules of sums, means, softmax, norms and losses. */
final class ReductionRules {
  private ReductionRules() {}

  static List<Value> reduceSum(Backward b) {
    return ShapeRules.onlyFirst(b, stretch(b, b.dy(), axes(b)));
  }

  static List<Value> reduceMean(Backward b) {
    int[] axes = axes(b);
    Value count = b.sizeOf(b.x(0), Arrays.stream(axes).boxed().toList());
    return ShapeRules.onlyFirst(b, stretch(b, b.ops().div(b.dy(), count), axes));
  }

  // An attribute at first, an input later. None are all, or none at all if the node says so.
  private static int[] axes(Backward b) {
    Shape shape = b.x(0).shape();
    long[] named =
        b.node().input(1).isAbsent()
            ? b.node().intsAttribute("axes", List.of()).stream().mapToLong(a -> a).toArray()
            : b.constantInput(1);
    if (named.length == 0) {
      boolean none = b.node().intAttribute("noop_with_empty_axes", 0) != 0;
      return none ? new int[0] : IntStream.range(0, shape.rank()).toArray();
    }
    return Arrays.stream(named).mapToInt(a -> shape.axis((int) a)).toArray();
  }

  private static Value stretch(Backward b, Value gradient, int[] axes) {
    Ops ops = b.ops();
    boolean kept = b.node().intAttribute("keepdims", 1) != 0;
    Value g = kept || axes.length == 0 ? gradient : ops.unsqueeze(gradient, axes);
    return ops.expand(g, ops.shapeOf(b.x(0)), b.x(0).shape());
  }

  // dX = Y·(dY − Σ dY·Y)
  static List<Value> softmax(Backward b) {
    Ops ops = b.ops();
    int axis = axis(b);
    if (b.isHalf()) {
      requireLastAxis(b);
      return List.of(ops.softmaxGradient(b.dy(), b.y(0)));
    }
    Value dot = ops.reduceSum(ops.mul(b.dy(), b.y(0)), true, axis);
    return List.of(ops.mul(b.y(0), ops.sub(b.dy(), dot)));
  }

  // dX = dY − softmax·Σ dY
  static List<Value> logSoftmax(Backward b) {
    Ops ops = b.ops();
    Value sum = ops.reduceSum(b.dy(), true, axis(b));
    return List.of(ops.sub(b.dy(), ops.mul(ops.exp(b.y(0)), sum)));
  }

  private static int axis(Backward b) {
    return b.x(0).shape().axis((int) b.node().intAttribute("axis", -1));
  }

  private static void requireLastAxis(Backward b) {
    if (axis(b) != b.x(0).shape().rank() - 1) {
      throw new MissingGradientException(b.refusal("has a rule for the last axis only"));
    }
  }

  // With n = x·inv and g = dY·scale: dX = inv·(g − n·mean(g·n)), dScale = Σ dY·n.
  // ONNX Runtime's own kernel for this is single-threaded on the CPU; these nodes are not.
  static List<Value> rmsNorm(Backward b) {
    requireLastAxis(b);
    Ops ops = b.ops();
    if (b.isHalf()) {
      return ops.rmsNormGradients(b.dy(), b.x(0), b.x(1), b.y(1));
    }
    Value inverse = hasInverse(b) ? b.y(1) : inverseRoot(b, ops.mul(b.x(0), b.x(0)));
    Value normalized = ops.mul(b.x(0), inverse);
    Value dx = Value.ABSENT;
    if (b.wants(0)) {
      Value g = ops.mul(b.dy(), b.x(1));
      Value mean = ops.reduceMean(ops.mul(g, normalized), true, -1);
      dx = ops.mul(inverse, ops.sub(g, ops.mul(normalized, mean)));
    }
    Value scale = Value.ABSENT;
    if (b.wants(1)) {
      int[] rows = IntStream.range(0, b.x(0).shape().rank() - 1).toArray();
      scale = ops.reduceSum(ops.mul(b.dy(), normalized), false, rows);
    }
    return List.of(dx, scale);
  }

  private static boolean hasInverse(Backward b) {
    boolean second = b.node().outputs().size() > 1 && !b.y(1).isAbsent();
    return second && b.node().operator().equals("SimplifiedLayerNormalization");
  }

  /** 1/√(mean of {@code squares} + epsilon). */
  private static Value inverseRoot(Backward b, Value squares) {
    Ops ops = b.ops();
    Value epsilon = ops.graph().constant(b.node().realAttribute("epsilon", 1e-5f));
    Value mean = ops.reduceMean(squares, true, -1);
    return ops.div(ops.graph().constant(1), ops.sqrt(ops.add(mean, epsilon)));
  }

  // With n = (x − mean)·inv and g = dY·scale: dX = inv·(g − mean(g) − n·mean(g·n)),
  // dScale = Σ dY·n, dBias = Σ dY.
  static List<Value> layerNorm(Backward b) {
    requireLastAxis(b);
    Ops ops = b.ops();
    Value x = b.x(0);
    Value centered = ops.sub(x, ops.reduceMean(x, true, -1));
    Value inverse = inverseRoot(b, ops.mul(centered, centered));
    Value normalized = ops.mul(centered, inverse);
    List<Value> gradients =
        new ArrayList<>(Collections.nCopies(b.node().inputs().size(), Value.ABSENT));
    if (b.wants(0)) {
      Value g = ops.mul(b.dy(), b.x(1));
      Value along = ops.mul(normalized, ops.reduceMean(ops.mul(g, normalized), true, -1));
      Value across = ops.sub(g, ops.reduceMean(g, true, -1));
      gradients.set(0, ops.mul(inverse, ops.sub(across, along)));
    }
    int[] rows = IntStream.range(0, x.shape().rank() - 1).toArray();
    if (b.wants(1)) {
      gradients.set(1, ops.reduceSum(ops.mul(b.dy(), normalized), false, rows));
    }
    if (b.wants(2)) {
      gradients.set(2, ops.reduceSum(b.dy(), false, rows));
    }
    return gradients;
  }

  // Row by row: dX = dY·(softmax − one-hot of the label).
  static List<Value> crossEntropy(Backward b) {
    boolean plain =
        new Attribute.Text("none").equals(b.node().attributes().get("reduction"))
            && b.node().inputs().size() == 2
            && !b.node().attributes().containsKey("ignore_index")
            && b.x(0).shape().rank() == 2;
    if (!plain) {
      throw new MissingGradientException(
          b.refusal("has a rule for matrices of logits, reduction none and no class weights only"));
    }
    Ops ops = b.ops();
    Value logProbabilities = b.node().outputs().size() > 1 ? b.y(1) : ops.logSoftmax(b.x(0));
    Value dy = ops.unsqueeze(b.dy(), 1);
    Value spread = ops.mul(ops.exp(logProbabilities), dy);
    Value labels = ops.unsqueeze(b.x(1), 1);
    return List.of(ops.scatterAdd(spread, labels, ops.neg(dy), 1), Value.ABSENT);
  }
}
