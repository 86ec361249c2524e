package org.riselm.onnx.internal.decoder;

import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.model.Bias;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.DecoderConfig;

/**
 * A trainable tensor of a model: its name, which is Hugging Face's, and its shape.
 *
 * @param name for example {@code model.layers.0.self_attn.q_proj.weight}
 * @param shape linear weights are [out, in]
 */
public record Parameter(String name, List<Long> shape) {
  private static final String BIAS = ".bias";
  private static final String WEIGHT = ".weight";

  public Parameter {
    shape = List.copyOf(shape);
  }

  static Parameter of(String name, long... shape) {
    List<Long> dims = new ArrayList<>();
    for (long d : shape) {
      dims.add(d);
    }
    return new Parameter(name, dims);
  }

  /** Whether it is added to what a linear layer gives. */
  public boolean isBias() {
    return name.endsWith(BIAS);
  }

  /** The name of what it is the weight of. */
  public String layer() {
    return name.substring(0, name.length() - WEIGHT.length());
  }

  /** The shape as an array. */
  public long[] sizes() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  /** The number of numbers in it. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Whether it is a matrix: those decay, vectors (norm scales, biases) by custom do not. */
  public boolean isMatrix() {
    return shape.size() >= 2;
  }

  /** Whether its rows are looked up by token id. */
  public boolean isEmbedding() {
    return name.equals("model.embed_tokens.weight");
  }

  /** The parameters of a decoder, in the order its graphs use them. */
  public static List<Parameter> of(DecoderConfig c) {
    long hidden = c.hiddenSize();
    long queries = (long) c.heads() * c.headSize();
    long keys = (long) c.keyValueHeads() * c.headSize();
    List<Parameter> all = new ArrayList<>();
    all.add(of("model.embed_tokens.weight", c.vocabularySize(), hidden));
    BlockStyle style = c.style();
    for (int i = 0; i < c.layers(); i++) {
      Block block = new Block(c, "model.layers." + i + ".", all);
      if (style.norms() != BlockStyle.Norms.AFTER) {
        block.norm("input_layernorm", hidden);
      }
      if (style.isAttentionFused()) {
        block.linear(style.attentionLayers().get(0), queries + 2 * keys, hidden);
      } else {
        block.linear(style.attentionLayers().get(0), queries, hidden);
        block.linear(style.attentionLayers().get(1), keys, hidden);
        block.linear(style.attentionLayers().get(2), keys, hidden);
      }
      if (style.headNorm() != BlockStyle.HeadNorm.NONE) {
        boolean each = style.headNorm() == BlockStyle.HeadNorm.EACH;
        block.norm("self_attn.q_norm", each ? c.headSize() : queries);
        block.norm("self_attn.k_norm", each ? c.headSize() : keys);
      }
      block.linear("self_attn.o_proj", hidden, queries);
      block.norm("post_attention_layernorm", hidden);
      if (style.norms() == BlockStyle.Norms.AROUND) {
        block.norm("pre_feedforward_layernorm", hidden);
      }
      List<String> feedForward = style.feedForwardLayers();
      int gates = style.isFeedForwardFused() ? 2 : 1;
      for (String gate : feedForward.subList(0, feedForward.size() - 1)) {
        block.linear(gate, (long) gates * c.feedForwardSize(), hidden);
      }
      block.linear(feedForward.get(feedForward.size() - 1), hidden, c.feedForwardSize());
      if (style.norms() != BlockStyle.Norms.BEFORE) {
        block.norm("post_feedforward_layernorm", hidden);
      }
    }
    all.add(of("model.norm.weight", hidden));
    if (!c.tiedHead()) {
      all.add(of("lm_head.weight", c.vocabularySize(), hidden));
    }
    return List.copyOf(all);
  }

  /** The group of a linear layer, by its name within a block. */
  private static Bias biasOf(String layer) {
    return switch (layer) {
      case "self_attn.q_proj" -> Bias.QUERY;
      case "self_attn.k_proj" -> Bias.KEY;
      case "self_attn.v_proj" -> Bias.VALUE;
      case "self_attn.o_proj" -> Bias.OUTPUT;
      default -> Bias.FEED_FORWARD;
    };
  }

  private record Block(DecoderConfig config, String prefix, List<Parameter> all) {
    void norm(String name, long size) {
      all.add(of(prefix + name + ".weight", size));
    }

    void linear(String name, long out, long in) {
      all.add(of(prefix + name + ".weight", out, in));
      if (config.biases().contains(biasOf(name))) {
        all.add(of(prefix + name + BIAS, out));
      }
    }
  }
}
