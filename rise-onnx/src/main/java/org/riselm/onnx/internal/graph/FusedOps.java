package org.riselm.onnx.internal.graph;

import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.runtime.ElementType;

/** Operators that ONNX Runtime has one kernel for: activations, norms, losses, attention. */
interface FusedOps extends ProductOps, ReductionOps {
  /** x · sigmoid(x), the activation of Llama's feed-forward layers. */
  default Value silu(Value x) {
    return node(
        CONTRIB, "QuickGelu", List.of(x), Map.of("alpha", new Attribute.Real(1)), NodeSink.like(x));
  }

  /**
   * The gradient of {@link #softmax} by the one kernel that training builds have for it; in fp32,
   * the portable nodes are faster on a CPU.
   *
   * @param dy the gradient of its output
   * @param y its output
   */
  default Value softmaxGradient(Value dy, Value y) {
    Map<String, Attribute> axis = Map.of("axis", new Attribute.Int(-1));
    return node(CONTRIB, "SoftmaxGrad_13", List.of(dy, y), axis, NodeSink.like(y));
  }

  /**
   * The gradient of {@link #silu} by the one kernel that training builds have for it, in place of
   * five portable nodes.
   *
   * @param dy the gradient of its output
   * @param x its input
   */
  default Value siluGradient(Value dy, Value x) {
    Map<String, Attribute> alpha = Map.of("alpha", new Attribute.Real(1));
    return node(CONTRIB, "QuickGeluGrad", List.of(dy, x), alpha, NodeSink.like(x));
  }

  /**
   * The gradients of {@link #rmsNorm} with respect to x and scale, as {@link #softmaxGradient}.
   *
   * @param inverse its second output
   */
  default List<Value> rmsNormGradients(Value dy, Value x, Value scale, Value inverse) {
    return graph()
        .add(
            CONTRIB,
            "SimplifiedLayerNormalizationGrad",
            List.of(dy, x, scale, inverse),
            Map.of("axis", new Attribute.Int(-1)),
            List.of(NodeSink.like(x), NodeSink.like(scale)));
  }

  /**
   * x over the root of its mean square along the last axis, times {@code scale} (RMSNorm).
   *
   * @return the result, and 1/√(mean square + epsilon), which its gradient needs
   */
  default List<Value> rmsNorm(Value x, Value scale, float epsilon) {
    return graph()
        .add(
            ONNX,
            "SimplifiedLayerNormalization",
            List.of(x, scale),
            Map.of(
                "axis", new Attribute.Int(-1),
                "epsilon", new Attribute.Real(epsilon),
                // Left out, shape inference reads an attribute that is not there.
                "stash_type", new Attribute.Int(1)),
            List.of(
                NodeSink.like(x), NodeSink.of(ElementType.FLOAT, x.shape().with(-1, Dim.of(1)))));
  }

  /**
   * −log of the probability that each row of logits [n, classes] gives to its label [n].
   *
   * @return the losses [n], and the log-probabilities [n, classes]
   */
  default List<Value> crossEntropy(Value logits, Value labels) {
    return graph()
        .add(
            ONNX,
            "SoftmaxCrossEntropyLoss",
            List.of(logits, labels),
            Map.of("reduction", new Attribute.Text("none")),
            List.of(NodeSink.of(logits.type(), labels.shape()), NodeSink.like(logits)));
  }

  /**
   * Turns each head of x, [batch, heads, sequence, headSize] or [batch, sequence, heads ·
   * headSize], by its position (RoPE, half-split).
   *
   * @param positions int64 [1]: the position of the first token of every row; or int64 [batch,
   *     sequence]: every token's
   * @param cos the cosines, [context, headSize / 2]
   * @param sin the sines, [context, headSize / 2]
   */
  default Value rotary(Value x, Value positions, Value cos, Value sin) {
    return node(
        CONTRIB, "RotaryEmbedding", List.of(x, positions, cos, sin), Map.of(), NodeSink.like(x));
  }

  /**
   * Causal attention with a cache, for sampling (ONNX Runtime's {@code GroupQueryAttention}).
   *
   * @param nodeInputs query, key, value, past key, past value, lengths − 1, longest length; and
   *     cosines and sines, without which positions turn nothing. Without key and value, the query
   *     has all three behind each other
   * @param heads of the query
   * @param keyValueHeads of key and value
   * @param scale of the scores
   * @param window how many tokens back, its own counted, a token sees; 0 is all
   * @param cap of the scores, which become cap · tanh(score / cap); 0 is none
   * @param presentNames of the outputs that hold the grown cache
   * @return what each head saw, and the grown cache's keys and values
   */
  default List<Value> groupQueryAttention(
      List<Value> nodeInputs,
      int heads,
      int keyValueHeads,
      float scale,
      int window,
      float cap,
      List<String> presentNames) {
    Value query = nodeInputs.get(0);
    Value past = nodeInputs.get(3);
    Dim seen = Dim.of(heads).times(past.shape().dim(3));
    return graph()
        .add(
            CONTRIB,
            "GroupQueryAttention",
            nodeInputs,
            Map.of(
                "num_heads", new Attribute.Int(heads),
                "kv_num_heads", new Attribute.Int(keyValueHeads),
                "do_rotary", new Attribute.Int(nodeInputs.size() > 7 ? 1 : 0),
                "local_window_size", new Attribute.Int(window == 0 ? -1 : window),
                "softcap", new Attribute.Real(cap),
                "scale", new Attribute.Real(scale)),
            List.of(
                NodeSink.of(query.type(), query.shape().with(2, seen)),
                new Value(presentNames.get(0), past.type(), past.shape()),
                new Value(presentNames.get(1), past.type(), past.shape())));
  }
}
