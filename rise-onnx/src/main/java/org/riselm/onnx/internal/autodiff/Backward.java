package org.riselm.onnx.internal.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * What a rule has to work with: the node, and the gradients of its outputs.
 *
 * @param ops adds nodes
 * @param node that is gone through
 * @param gradients of its outputs; {@link Value#ABSENT} where the loss does not depend on one
 * @param wanted for each input, whether anything asks for its gradient
 * @param widened frozen matrices by the name of what they were cast to
 * @param found the gradients that later nodes gave so far, by name
 */
record Backward(
    Ops ops,
    Node node,
    List<Value> gradients,
    List<Boolean> wanted,
    Map<String, Value> widened,
    Map<String, Value> found) {
  /** The gradient of the first output. */
  Value dy() {
    return gradients.get(0);
  }

  /**
   * Input {@code index}. If it is a frozen parameter in fp32, it is cast or dequantized anew, so
   * that the wide copy need not wait in memory from the way forward to the way back.
   */
  Value x(int index) {
    Value input = node.input(index);
    Value frozen = widened.get(input.name());
    if (frozen != null) {
      return ops.cast(ops.after(frozen, dy()), input.type());
    }
    return ops.graph().recipe(input).map(made -> made.apply(dy())).orElse(input);
  }

  /**
   * The gradient of input {@code index} as later nodes found it, or {@link Value#ABSENT}. It is for
   * the rule to add to: what the rule gives counts instead of it.
   */
  Value taken(int index) {
    Value value = found.remove(node.input(index).name());
    return value == null ? Value.ABSENT : value;
  }

  /** Output {@code index}. */
  Value y(int index) {
    return node.output(index);
  }

  /** A constant of the type of the gradient. */
  Value number(float value) {
    return ops.graph().constant(value, dy().type());
  }

  /**
   * Whether the gradient is of 16 bits. What is summed up must not be rounded to them in between,
   * so rules that sum use one kernel then, which sums in 32.
   */
  boolean isHalf() {
    return dy().type() == ElementType.BFLOAT16;
  }

  boolean wants(int input) {
    return input < wanted.size() && wanted.get(input);
  }

  /** The one number of input {@code index}, which must be constant. */
  float constantNumber(int index) {
    return (float)
        ops.graph()
            .constantNumber(x(index))
            .orElseThrow(
                () ->
                    new MissingGradientException(
                        refusal("needs its input " + index + " to be one constant number")));
  }

  /** The constant whole numbers of input {@code index}. */
  long[] constantInput(int index) {
    return ops.graph()
        .constantLongs(x(index))
        .orElseThrow(
            () -> new MissingGradientException(refusal("needs its input " + index + " constant")));
  }

  String refusal(String why) {
    return "node %s: the gradient of %s %s".formatted(node.name(), node.qualifiedOperator(), why);
  }

  /**
   * What {@link #reduceTo} makes of {@code gradient}, computed element by element and so of the
   * output's shape, for input {@code index}.
   */
  Value toInput(Value gradient, int index) {
    return reduceTo(gradient.as(y(0).shape()), node.input(index));
  }

  /** Undoes broadcasting: sums {@code gradient} over what {@code input} was stretched along. */
  Value reduceTo(Value gradient, Value input) {
    Shape from = gradient.shape();
    Shape to = input.shape();
    if (from.equals(to)) {
      return gradient;
    }
    int extra = from.rank() - to.rank();
    boolean told =
        IntStream.range(0, to.rank()).allMatch(i -> isTold(from.dim(i + extra), to.dim(i)));
    if (!told) {
      return reducedAsTheRunTells(gradient, input, extra);
    }
    Value reduced = gradient;
    int[] stretched =
        IntStream.range(0, to.rank())
            .filter(i -> to.dim(i).isOne() && !from.dim(i + extra).isOne())
            .map(i -> i + extra)
            .toArray();
    if (stretched.length > 0) {
      reduced = ops.reduceSum(reduced, true, stretched);
    }
    if (extra > 0) {
      reduced = ops.reduceSum(reduced, false, IntStream.range(0, extra).toArray());
    }
    if (!reduced.shape().fits(to)) {
      throw new MissingGradientException(
          refusal("cannot be told to undo its broadcast of " + to + " to " + from));
    }
    return reduced.as(to);
  }

  /** Whether it is known before a run if {@code to} was stretched to {@code from}. */
  private static boolean isTold(Dim from, Dim to) {
    return !(to instanceof Dim.Unknown) || to.equals(from);
  }

  private Value reducedAsTheRunTells(Value gradient, Value input, int extra) {
    Value size = ops.shapeOf(input);
    Value aligned = size;
    if (extra > 0) {
      long[] ones = new long[extra];
      Arrays.fill(ones, 1);
      Value before = ops.graph().constant(ones, extra);
      aligned = ops.concat(List.of(before, size), 0, Dim.of(gradient.shape().rank()));
    }
    List<Dim> dims = new ArrayList<>(Collections.nCopies(extra, Dim.of(1)));
    dims.addAll(input.shape().dims());
    return ops.reshape(ops.reduceSumTo(gradient, aligned, new Shape(dims)), size, input.shape());
  }

  /** The product of the sizes of {@code axes} of {@code x}, as a float scalar. */
  Value sizeOf(Value x, Iterable<Integer> axes) {
    float known = 1;
    Value open = Value.ABSENT;
    for (int axis : axes) {
      if (x.shape().dim(axis) instanceof Dim.Fixed f) {
        known *= f.size();
      } else {
        Value size = ops.cast(ops.sizeOf(x, axis), ElementType.FLOAT);
        open = open.isAbsent() ? size : ops.mul(open, size);
      }
    }
    Value constant = ops.graph().constant(known);
    return open.isAbsent() ? constant : ops.mul(open, constant);
  }
}
