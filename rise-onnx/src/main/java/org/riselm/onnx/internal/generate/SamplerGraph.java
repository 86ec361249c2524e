package org.riselm.onnx.internal.generate;

import static org.riselm.onnx.internal.runtime.ElementType.DOUBLE;
import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;
import static org.riselm.onnx.internal.runtime.ElementType.INT64;

import java.util.stream.IntStream;
import org.riselm.core.policy.SamplingOptions;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;

/**
 * Draws tokens by operators that a device has kernels for, as {@link TokenSampler} does: the same
 * uniform number gives the same token, but where it, or top-p, falls within rounding
 * (10<sup>-12</sup>) of a boundary.
 *
 * <p>Inputs: {@code logits} float [rows, vocabulary]; {@code chosen} int64 [draws], rows of it;
 * {@code uniforms} double [draws], in [0, 1). Outputs: {@code tokens} int64 [draws, 1]; {@code
 * log_probabilities} double [draws, 1], of the tokens at temperature 1 without truncation, NaN if
 * the row is no distribution.
 */
final class SamplerGraph {
  private final Ops ops;
  private final SamplingOptions sampling;
  private final int vocabulary;
  private final Value logits;
  private final Value wide;
  private final Value max;
  private final Value zero;
  private final Value one;
  private final Value ids;

  private SamplerGraph(Ops ops, SamplingOptions sampling, int vocabulary, Value logits) {
    this.ops = ops;
    this.sampling = sampling;
    this.vocabulary = vocabulary;
    this.logits = logits;
    this.wide = ops.cast(logits, DOUBLE);
    this.max = ops.cast(ops.reduceMax(logits, true, -1), DOUBLE);
    this.zero = number(0);
    this.one = number(1);
    this.ids = count(vocabulary);
  }

  /** The graph that draws as {@code sampling} says. */
  static Graph of(SamplingOptions sampling, int vocabulary) {
    Graph graph = new Graph("draw");
    Ops ops = new Ops(graph);
    Value all = graph.input("logits", FLOAT, Shape.of(Dim.of("rows"), Dim.of(vocabulary)));
    Value chosen = graph.input("chosen", INT64, Shape.of(Dim.of("draws")));
    Value uniforms = graph.input("uniforms", DOUBLE, Shape.of(Dim.of("draws")));
    SamplerGraph draw = new SamplerGraph(ops, sampling, vocabulary, ops.gather(all, chosen, 0));
    Value whole = draw.weights(draw.wide, 1);
    Value token = draw.token(whole, ops.unsqueeze(uniforms, 1));
    Value logit = ops.gatherElements(draw.wide, token, 1);
    Value logSum = ops.log(ops.reduceSum(whole, true, -1));
    graph.output(ops.identity(token, "tokens"));
    graph.output(ops.identity(ops.sub(ops.sub(logit, draw.max), logSum), "log_probabilities"));
    return graph;
  }

  private Value token(Value whole, Value uniform) {
    if (sampling.temperature() == 0) {
      // A device's ArgMax does not say which of several it takes.
      return ops.cast(first(isMax(), one, true), INT64);
    }
    Value weights = sampling.temperature() == 1 ? whole : weights(wide, sampling.temperature());
    boolean truncated = sampling.topK() > 0 && sampling.topK() < vocabulary;
    long left = truncated ? sampling.topK() : vocabulary;
    if (truncated || sampling.topP() < 1) {
      Value largest = ops.largest(logits, left);
      weights = truncated ? topK(weights, largest) : weights;
      weights = sampling.topP() < 1 ? topP(weights, ops.cast(largest, DOUBLE)) : weights;
    }
    Value target = ops.mul(uniform, ops.reduceSum(weights, true, -1));
    return ops.cast(first(weights, target, false), INT64);
  }

  /** e^((logit − max) / temperature). */
  private Value weights(Value values, double temperature) {
    Value below = ops.sub(values, max);
    return ops.exp(temperature == 1 ? below : ops.div(below, number(temperature)));
  }

  private Value isMax() {
    return ops.where(ops.greaterOrEqual(wide, max), one, zero);
  }

  private Value topK(Value weights, Value largest) {
    int k = sampling.topK();
    Value last = ops.gather(largest, ops.graph().constant(new long[] {k - 1}, 1), 1);
    return kept(weights, ops.cast(last, DOUBLE), one, number(k));
  }

  private Value topP(Value weights, Value largest) {
    Value total = ops.reduceSum(weights, true, -1);
    Value target = ops.mul(total, number(sampling.topP()));
    Value sorted = weights(largest, sampling.temperature());
    Value place = ops.cast(first(sorted, target, true), INT64);
    return kept(weights, ops.gatherElements(largest, place, 1), weights, target);
  }

  /**
   * The weights of the tokens whose logit is above {@code cut}, and among those where it is {@code
   * cut}, of the fewest that bring the mass to {@code target}, lower ids first; 0 elsewhere. Does
   * not rely on the order in which TopK puts equal numbers, which is a device's own.
   *
   * @param mass of each token; one number, or one for each
   */
  private Value kept(Value weights, Value cut, Value mass, Value target) {
    Value isBelowOrAt = ops.greaterOrEqual(cut, wide);
    Value isAboveOrAt = ops.greaterOrEqual(wide, cut);
    Value above = ops.reduceSum(ops.where(isBelowOrAt, zero, mass), true, -1);
    Value at = ops.where(isBelowOrAt, ops.where(isAboveOrAt, mass, zero), zero);
    Value lastId = first(at, ops.sub(target, above), true);
    Value atOrBelow =
        ops.where(isAboveOrAt, ops.where(ops.greaterOrEqual(lastId, ids), weights, zero), zero);
    return ops.where(isBelowOrAt, atOrBelow, weights);
  }

  /**
   * The first place of each row at which the running sum exceeds the target, or if {@code
   * reaching}, reaches it; the last place that is not 0 if rounding leaves none: [n, 1], double. In
   * two steps, over sums of parts and within a part: a device's running sum is quadratic.
   *
   * @param masses not negative, [n, m]
   * @param target [n, 1] or a scalar
   */
  private Value first(Value masses, Value target, boolean reaching) {
    int size = size(masses);
    int parts = (int) Math.ceil(Math.sqrt(size));
    int width = (size + parts - 1) / parts;
    int filler = parts * width - size;
    Value filled = filler == 0 ? masses : ops.pad(masses, new long[2], new long[] {0, filler});
    Value split = ops.reshape(filled, new long[] {0, parts, width}, Dim.of(1));
    Value sums = ops.reduceSum(split, false, -1);
    Value before = ops.runningSum(sums, 1, true);
    Value part = firstOf(sums, ops.add(before, sums), target, reaching);
    Value start = ops.mul(part, number(width));
    Value places = ops.cast(ops.add(start, count(width)), INT64);
    Value inside = ops.gatherElements(filled, places, 1);
    Value reached = ops.gatherElements(before, ops.cast(part, INT64), 1);
    Value running = ops.add(reached, ops.runningSum(inside, 1, false));
    return ops.add(start, firstOf(inside, running, target, reaching));
  }

  private Value firstOf(Value masses, Value running, Value target, boolean reaching) {
    Value isShort =
        reaching
            ? ops.where(ops.greaterOrEqual(running, target), zero, one)
            : ops.where(ops.greaterOrEqual(target, running), one, zero);
    Value found = ops.reduceSum(isShort, true, -1);
    Value places = count(size(masses));
    Value isNothing = ops.greaterOrEqual(zero, masses);
    Value last = ops.reduceMax(ops.where(isNothing, zero, places), true, -1);
    return ops.where(ops.greaterOrEqual(found, last), last, found);
  }

  private static int size(Value masses) {
    return (int) ((Dim.Fixed) masses.shape().dim(1)).size();
  }

  /** 0, 1, …, {@code size} − 1: [1, size]. */
  private Value count(int size) {
    return ops.graph().constant(IntStream.range(0, size).asDoubleStream().toArray(), 1, size);
  }

  private Value number(double value) {
    return ops.graph().constant(new double[] {value});
  }
}
