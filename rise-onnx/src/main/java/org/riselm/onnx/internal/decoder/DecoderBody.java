package org.riselm.onnx.internal.decoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.BlockStyle.Activation;
import org.riselm.onnx.model.BlockStyle.HeadNorm;
import org.riselm.onnx.model.BlockStyle.Norms;
import org.riselm.onnx.model.DecoderConfig;

/** A Llama-style decoder around an {@link Attention}: the one place where the model is written. */
final class DecoderBody {
  // ONNX Runtime draws with the seed in the first run, the next number in the second, and so on.
  private static final long RUNS_APART = 1 << 20;

  private final Ops ops;
  private final DecoderConfig config;
  private final BlockStyle style;
  private final Optional<Lora> lora;
  private final ElementType compute;
  private final boolean learning;
  private final boolean transposed;
  private final ParameterLayout layout;
  private final Map<String, Value> parameters = new HashMap<>();
  private final List<Value> betweenLayers = new ArrayList<>();
  private long seed;

  /**
   * Prepares to add nodes.
   *
   * @param learning whether adapters drop inputs out
   * @param seed of what is dropped
   * @param parameters of the layout, trained and frozen
   */
  DecoderBody(
      Ops ops, ParameterLayout layout, boolean learning, long seed, List<Value> parameters) {
    this(ops, layout, learning, seed, false, parameters);
  }

  private DecoderBody(
      Ops ops,
      ParameterLayout layout,
      boolean learning,
      long seed,
      boolean transposed,
      List<Value> parameters) {
    this.ops = ops;
    this.layout = layout;
    this.config = layout.config();
    this.style = config.style();
    this.lora = layout.lora();
    this.compute = layout.compute();
    this.learning = learning;
    this.seed = seed;
    this.transposed = transposed;
    parameters.forEach(p -> this.parameters.put(p.name(), p));
  }

  /**
   * Prepares to add nodes.
   *
   * @param parameters of the layout; the weights of linear layers are [in, out], as ONNX's own
   *     matrix product takes them
   */
  static DecoderBody ofTransposed(Ops ops, ParameterLayout layout, List<Value> parameters) {
    return new DecoderBody(ops, layout, false, 0, true, parameters);
  }

  /**
   * The normalized hidden states of the tokens that go on from the last layer: [tokens, hidden].
   *
   * @param ids of all tokens, in the shape that {@code attention} takes
   */
  Value hidden(Value ids, Attention attention) {
    // Only the rows that are looked up are cast, not the table.
    Value x = computed(matrix("model.embed_tokens.weight").rowsOf(ids));
    x = times(x, style.embeddingMultiplier());
    betweenLayers.add(x);
    for (int i = 0; i < config.layers(); i++) {
      String layer = "model.layers." + i + ".";
      Value seen = attend(i, layer, x, attention);
      x = ops.add(attention.goingOn(i, x), times(seen, style.residualMultiplier()));
      x = ops.add(x, times(feedForward(layer, x), style.residualMultiplier()));
      betweenLayers.add(x);
    }
    return times(norm(x, "model.norm.weight"), 1 / style.logitsDivisor());
  }

  private Value times(Value x, double factor) {
    return factor == 1 ? x : ops.mul(x, ops.as(ops.graph().constant((float) factor), x.type()));
  }

  /** The hidden states before the first layer and behind every one. */
  List<Value> betweenLayers() {
    return List.copyOf(betweenLayers);
  }

  /** The logits of hidden states [n, hidden]: [n, vocabulary], in fp32. */
  Value logits(Value hidden) {
    Matrix weight = headWeight();
    boolean isTransposed = transposed && !config.tiedHead();
    Value logits = ops.as(product(hidden, weight, isTransposed), ElementType.FLOAT);
    return ScoringAttention.capped(ops, logits, style.logitsCap());
  }

  /** The losses of hidden states [n, hidden] whose next tokens are {@code targets} [n]. */
  LossHead head(Value hidden, Value targets) {
    return new LossHead(ops, headWeight(), hidden, targets, style.logitsCap());
  }

  private Matrix headWeight() {
    return matrix(config.tiedHead() ? "model.embed_tokens.weight" : "lm_head.weight");
  }

  private Matrix matrix(String name) {
    return Matrix.of(ops, layout, name, parameters);
  }

  private Value attend(int i, String layer, Value x, Attention attention) {
    Value h = normBefore(x, layer + "input_layernorm.weight");
    Value out = linear(seen(i, layer, h, attention), layer + "self_attn.o_proj");
    return normAfter(out, layer + "post_attention_layernorm.weight");
  }

  private Value normBefore(Value x, String scale) {
    return style.norms() == Norms.AFTER ? x : norm(x, scale);
  }

  private Value normAfter(Value x, String scale) {
    return style.norms() == Norms.BEFORE ? x : norm(x, scale);
  }

  private Value seen(int i, String layer, Value h, Attention attention) {
    if (attention instanceof PackedAttention packed && packed.takesPacked(i) && canPack(layer)) {
      return packed.applyPacked(i, packed(h, layer));
    }
    List<Value> all = queriesKeysValues(h, layer);
    Value q = headNorm(all.get(0), config.heads(), layer + "self_attn.q_norm.weight");
    Value k = headNorm(all.get(1), config.keyValueHeads(), layer + "self_attn.k_norm.weight");
    return attention.apply(i, q, k, all.get(2));
  }

  private List<Value> queriesKeysValues(Value h, String layer) {
    List<Value> all =
        style.attentionLayers().stream().map(part -> linear(h, layer + part)).toList();
    long queries = (long) config.heads() * config.headSize();
    long keys = (long) config.keyValueHeads() * config.headSize();
    return style.isAttentionFused() ? ops.split(all.get(0), -1, queries, keys, keys) : all;
  }

  // Norms and adapters stand between a product and attention; what is cast would be kept twice.
  private boolean canPack(String layer) {
    return style.headNorm() == HeadNorm.NONE
        && compute == ElementType.FLOAT
        && style.attentionLayers().stream()
            .map(part -> layer + part)
            .allMatch(
                part ->
                    parameter(part + ".weight").type() == ElementType.FLOAT
                        && !parameters.containsKey(part + ParameterLayout.LORA_A));
  }

  /** Queries, scaled, keys and values by one product with the three layers' weights together. */
  private Value packed(Value h, String layer) {
    Value product = ops.linear(h, together(layer, ".weight"));
    boolean biased =
        style.attentionLayers().stream()
            .anyMatch(part -> parameters.containsKey(layer + part + ".bias"));
    return biased ? ops.add(product, together(layer, ".bias")) : product;
  }

  // Made of constants only, so ONNX Runtime computes it once, while it loads the graph.
  private Value together(String layer, String kind) {
    List<Value> parts = new ArrayList<>();
    long rows = 0;
    for (String part : style.attentionLayers()) {
      Shape weight = parameter(layer + part + ".weight").shape();
      long outputs = ((Dim.Fixed) weight.dim(0)).size();
      Value value = parameters.get(layer + part + kind);
      if (value == null) {
        value = ops.graph().constant(new float[(int) outputs], outputs);
      }
      parts.add(value);
      rows += outputs;
    }
    Value all = parts.size() == 1 ? parts.get(0) : ops.concat(parts, 0, Dim.of(rows));
    return ops.mul(all, queriesScale((int) rows, all.shape().rank()));
  }

  /** What the rows of queries are multiplied by, and the others, [rows] or [rows, 1]. */
  private Value queriesScale(int rows, int rank) {
    float[] scales = new float[rows];
    Arrays.fill(scales, 1);
    Arrays.fill(scales, 0, config.heads() * config.headSize(), ScoringAttention.scale(config));
    return rank == 1 ? ops.graph().constant(scales, rows) : ops.graph().constant(scales, rows, 1);
  }

  private Value feedForward(String layer, Value x) {
    boolean around = style.norms() == Norms.AROUND;
    String before = around ? "pre_feedforward_layernorm" : "post_attention_layernorm";
    Value h = normBefore(x, layer + before + ".weight");
    List<String> names = style.feedForwardLayers();
    Value gate = linear(h, layer + names.get(0));
    Value up;
    if (style.isFeedForwardFused()) {
      long size = config.feedForwardSize();
      List<Value> both = ops.split(gate, -1, size, size);
      gate = both.get(0);
      up = both.get(1);
    } else {
      up = linear(h, layer + names.get(1));
    }
    Value out = linear(ops.mul(activated(gate), up), layer + names.get(names.size() - 1));
    return normAfter(out, layer + "post_feedforward_layernorm.weight");
  }

  private Value activated(Value x) {
    if (style.activation() == Activation.SILU) {
      return ops.silu(x);
    }
    // GELU by its approximation: x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 · x³))).
    Value cube = ops.mul(ops.mul(x, x), times(x, 0.044715));
    Value bent = ops.tanh(times(ops.add(x, cube), Math.sqrt(2 / Math.PI)));
    Value one = ops.as(ops.graph().constant(1), x.type());
    return ops.mul(times(x, 0.5), ops.add(one, bent));
  }

  private Value linear(Value x, String layer) {
    Value product = product(x, matrix(layer + ".weight"), transposed);
    Value bias = parameters.get(layer + ".bias");
    Value sum = bias == null ? product : ops.add(product, computed(bias));
    return parameters.containsKey(layer + ParameterLayout.LORA_A)
        ? ops.add(sum, adapter(x, layer))
        : sum;
  }

  /** alpha / rank · (dropout(x)·Aᵀ)·Bᵀ. */
  private Value adapter(Value x, String layer) {
    Lora adapters = lora.orElseThrow();
    boolean drops = learning && adapters.dropout() > 0;
    Value seen = x;
    if (drops) {
      seen = ops.dropout(x, (float) adapters.dropout(), seed);
      seed += RUNS_APART;
    }
    Value inner = ops.linear(seen, computed(parameter(layer + ParameterLayout.LORA_A)));
    Value b = computed(parameter(layer + ParameterLayout.LORA_B));
    return ops.matMul(inner, false, b, true, (float) LoraTargets.scale(adapters, layer));
  }

  /**
   * The product of x with a matrix, which is [in, out] if {@code isTransposed}. One that is a
   * graph's input is made floats when x is there, not before, and again on the way back; one that
   * is loaded with the graph is packed.
   */
  private Value product(Value x, Matrix matrix, boolean isTransposed) {
    boolean isInput = ops.graph().inputs().contains(matrix.stored());
    if (matrix.isQuantized() && !isInput) {
      return matrix.product(x);
    }
    boolean waits = matrix.stored().type() != compute && isInput;
    Value weight = (waits ? matrix.after(x) : matrix).in(compute);
    if (matrix.isQuantized()) {
      ops.graph().remember(weight, first -> matrix.after(first).in(compute));
    }
    return isTransposed ? ops.matMul(x, weight) : ops.linear(x, weight);
  }

  /** {@code value} in the precision that is computed in. */
  private Value computed(Value value) {
    return ops.as(value, compute);
  }

  /** The heads of x [tokens, heads · headSize] normalized, if the model does so. */
  private Value headNorm(Value x, int heads, String scale) {
    if (style.headNorm() != HeadNorm.EACH) {
      return style.headNorm() == HeadNorm.NONE ? x : norm(x, scale);
    }
    long joined = (long) heads * config.headSize();
    boolean flat = x.shape().rank() == 2;
    long[] split =
        flat
            ? new long[] {0, heads, config.headSize()}
            : new long[] {0, 0, heads, config.headSize()};
    long[] whole = flat ? new long[] {0, joined} : new long[] {0, 0, joined};
    return ops.reshape(norm(ops.reshape(x, split, Dim.of(1)), scale), whole, Dim.of(1));
  }

  private Value norm(Value x, String scale) {
    Value weight = parameter(scale);
    if (style.unitOffset()) {
      weight = ops.add(ops.as(weight, ElementType.FLOAT), ops.graph().constant(1));
    }
    return ops.rmsNorm(x, computed(weight), (float) config.normEpsilon()).get(0);
  }

  private Value parameter(String name) {
    Value v = parameters.get(name);
    if (v == null) {
      throw new IllegalStateException("the graph has no parameter " + name);
    }
    return v;
  }
}
