package org.riselm.onnx.internal.imported;

import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Value;

/**
 * The weighted cross-entropy of a language model, with its gradient written by hand.
 *
 * @param losses −log p(target), [targets]
 * @param slope the gradient of Σ weight · loss with respect to the logits, [targets, vocabulary]
 */
record CrossEntropy(Value losses, Value slope) {
  /**
   * Adds both to a graph.
   *
   * @param logits [targets, vocabulary]
   * @param targets int64 [targets]
   * @param weights float [targets]
   */
  static CrossEntropy of(Ops ops, Value logits, Value targets, Value weights) {
    Value logProbabilities = ops.logSoftmax(logits);
    Value labels = ops.unsqueeze(targets, 1);
    Value losses = ops.neg(ops.squeeze(ops.gatherElements(logProbabilities, labels, 1), 1));
    Value weight = ops.unsqueeze(weights, 1);
    Value spread = ops.mul(ops.exp(logProbabilities), weight);
    return new CrossEntropy(losses, ops.scatterAdd(spread, labels, ops.neg(weight), 1));
  }
}
