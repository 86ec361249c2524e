package org.riselm.onnx.internal.decoder;

import java.util.Map;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * The language-model head and the cross-entropy behind it, with the gradient of both written by
 * hand: what is between a hidden state and its loss is the largest thing that a step computes.
 */
final class LossHead {
  /**
   * How much of the vocabulary is looked at together: enough for full speed of the products, and a
   * small part of a large vocabulary.
   */
  private static final long CHUNK = 8192;

  private final Ops ops;
  private final Matrix head;
  private final Value hidden;
  private final Value targets;
  private final double cap;

  /**
   * Prepares to add nodes.
   *
   * @param head the head's weight, [vocabulary, hidden]
   * @param hidden states, [targets, hidden]
   * @param targets the token after each, int64 [targets]
   * @param cap of logits, which become cap · tanh(logit / cap); 0 is none
   */
  LossHead(Ops ops, Matrix head, Value hidden, Value targets, double cap) {
    this.ops = ops;
    this.head = head;
    this.hidden = hidden;
    this.targets = targets;
    this.cap = cap;
  }

  /**
   * Losses and what they teach.
   *
   * @param tokenLosses −log p(target), [targets]
   * @param gradients of Σ weight · loss with respect to the hidden states and, if it is trained,
   *     the head
   */
  record Learned(Value tokenLosses, Map<Value, Value> gradients) {}

  /** −log p(target), [targets]. */
  Value tokenLosses() {
    return lossesUnder(chunks(false).logSum(ops), targetLogits(rows(targets)));
  }

  /** Losses and gradients, for a frozen head: logits never exist whole. */
  Learned frozen(Value weights) {
    Value rows = rows(targets);
    Softmax softmax = chunks(true);
    Value expected = ops.div(softmax.mixture(), softmax.sum());
    Value target = targetLogits(rows);
    Value gradient = ops.mul(ops.sub(expected, flattened(rows, target)), ops.unsqueeze(weights, 1));
    return new Learned(
        lossesUnder(softmax.logSum(ops), target), Map.of(hidden, computed(gradient)));
  }

  /** Losses and gradients, for a trained head. */
  Learned trained(Value weights) {
    Value part = head.in(hidden.type());
    Value logits = capped(wide(ops.linear(hidden, part)));
    Value labels = ops.unsqueeze(targets, 1);
    Value target = ops.gatherElements(logits, labels, 1);
    Value max = ops.reduceMax(logits, true, -1);
    Value shares = ops.softmax(logits);
    // Of the largest logit the share is known best, and never 0.
    Value logSum = ops.sub(max, ops.log(ops.reduceMax(shares, true, -1)));
    Value steep = ops.scatterAdd(shares, labels, minusOnes(target), 1);
    Value slope = computed(flattened(steep, logits));
    // Weighed where it is narrow: not the slopes, but what they are multiplied with and become.
    Value weight = ops.unsqueeze(weights, 1);
    Value weighed = computed(ops.mul(wide(hidden), weight));
    Value toHead = ops.matMul(slope, true, weighed, false, 1);
    Value toHidden = computed(ops.mul(wide(ops.matMul(slope, part)), weight));
    return new Learned(
        ops.squeeze(ops.sub(logSum, target), 1),
        Map.of(hidden, toHidden, head.stored(), ops.as(toHead, head.stored().type())));
  }

  private Value minusOnes(Value like) {
    Value zeros = ops.zeros(ops.shapeOf(like), like.shape());
    return ops.sub(zeros, ops.graph().constant(1));
  }

  private Value lossesUnder(Value logSum, Value targetLogits) {
    return ops.squeeze(ops.sub(logSum, targetLogits), 1);
  }

  /** The logits of the targets, [targets, 1], whose rows of the head are {@code rows}. */
  private Value targetLogits(Value rows) {
    // Rounded as the product rounds it, so that the errors of both cancel where the target is sure.
    return capped(wide(computed(ops.reduceSum(ops.mul(wide(hidden), rows), true, -1))));
  }

  private Value capped(Value logits) {
    return ScoringAttention.capped(ops, logits, cap);
  }

  /** x times the slope of the cap at {@code logits}, which are capped: 1 − (logit / cap)². */
  private Value flattened(Value x, Value logits) {
    if (cap == 0) {
      return x;
    }
    Value part = ops.mul(logits, ops.graph().constant((float) (1 / cap)));
    return ops.mul(x, ops.sub(ops.graph().constant(1), ops.mul(part, part)));
  }

  /**
   * What is known of a softmax over a part of the vocabulary.
   *
   * @param max the largest logit, [targets, 1]
   * @param sum Σ exp(logit − max), [targets, 1]
   * @param mixture Σ exp(logit − max) · row of the head, [targets, hidden]; absent if not wanted
   */
  private record Softmax(Value max, Value sum, Value mixture) {
    Value logSum(Ops ops) {
      return ops.add(max, ops.log(sum));
    }
  }

  // Chunk by chunk, what is known is corrected when a larger logit shows up (Milakov and
  // Gimelshein 2018; Rabe and Staats 2021 for the mixture).
  private Softmax chunks(boolean mixed) {
    long vocabulary = head.rows();
    Matrix part = head.after(hidden);
    Softmax known = chunk(part, 0, Math.min(CHUNK, vocabulary), mixed);
    for (long from = CHUNK; from < vocabulary; from += CHUNK) {
      // One chunk after the other, so that none's logits wait in memory.
      part = head.after(known.sum());
      part = mixed ? part.after(known.mixture()) : part;
      known = joined(known, chunk(part, from, Math.min(from + CHUNK, vocabulary), mixed));
    }
    return known;
  }

  private Softmax chunk(Matrix weight, long from, long to, boolean mixed) {
    Value typed = weight.part(from, to).in(hidden.type());
    Value logits = capped(wide(ops.linear(hidden, typed)));
    Value max = ops.reduceMax(logits, true, -1);
    Value shares = ops.exp(ops.sub(logits, max));
    Value sum = ops.reduceSum(shares, true, -1);
    return new Softmax(
        max,
        sum,
        mixed ? wide(ops.matMul(computed(flattened(shares, logits)), typed)) : Value.ABSENT);
  }

  private Softmax joined(Softmax a, Softmax b) {
    Value max = ops.max(a.max(), b.max());
    Value scaleA = ops.exp(ops.sub(a.max(), max));
    Value scaleB = ops.exp(ops.sub(b.max(), max));
    Value sum = ops.add(ops.mul(a.sum(), scaleA), ops.mul(b.sum(), scaleB));
    Value mixture =
        a.mixture().isAbsent()
            ? Value.ABSENT
            : ops.add(ops.mul(a.mixture(), scaleA), ops.mul(b.mixture(), scaleB));
    return new Softmax(max, sum, mixture);
  }

  private Value rows(Value ids) {
    return wide(head.rowsOf(ids));
  }

  private Value wide(Value value) {
    return ops.as(value, ElementType.FLOAT);
  }

  /** In the precision of the hidden states. */
  private Value computed(Value value) {
    return ops.as(value, hidden.type());
  }
}
