package org.riselm.onnx.internal.decoder;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;
import static org.riselm.onnx.internal.runtime.ElementType.INT32;
import static org.riselm.onnx.internal.runtime.ElementType.INT64;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.model.DecoderConfig;

/** Builds a decoder's graphs: the one that learns and scores, and the one that samples. */
public final class DecoderGraphs {
  private static final Dim BATCH = Dim.of("batch");
  private static final Dim SEQUENCE = Dim.of("sequence");
  private static final Dim TARGETS = Dim.of("targets");

  /** The inputs of graphs over sequences that are no parameters, in their order. */
  public static final List<String> USER_INPUTS =
      List.of("input_ids", "target_positions", "target_ids", "target_weights");

  // With 4, 5/8 of all pairs of tokens are looked at, where 1/2 were needed; more blocks cost more
  // than they save at a few hundred tokens.
  private static final int BLOCKS = 4;

  private DecoderGraphs() {}

  /**
   * A graph that can learn given targets. Its inputs are those of {@link #scoring}.
   *
   * @param graph with the head's backward pass in it, and no other
   * @param loss Σ weight · −log p(target), a scalar
   * @param parameters the inputs that are trained
   * @param gradients of the loss with respect to what lies before the head, and to the head itself
   *     if it is trained: where the way back starts
   * @param betweenLayers the hidden states before the first layer and behind every one
   */
  public record Learning(
      Graph graph,
      Value loss,
      List<Value> parameters,
      Map<Value, Value> gradients,
      List<Value> betweenLayers) {
    public Learning {
      betweenLayers = List.copyOf(betweenLayers);
      parameters = List.copyOf(parameters);
      gradients = Map.copyOf(gradients);
    }
  }

  /**
   * A graph that scores given targets.
   *
   * @param graph see {@link #scoring}
   * @param betweenLayers the hidden states before the first layer and behind every one
   */
  public record Scoring(Graph graph, List<Value> betweenLayers) {
    public Scoring {
      betweenLayers = List.copyOf(betweenLayers);
    }
  }

  /**
   * A graph over whole sequences.
   *
   * @param hidden the hidden states of the tokens before targets, [targets, hidden]
   */
  private record Sequences(
      Graph graph, Ops ops, Value targets, Value weights, DecoderBody body, Value hidden) {
    Value loss(Value tokenLosses) {
      return ops.identity(ops.reduceSum(ops.mul(tokenLosses, weights), false, 0), "loss");
    }
  }

  /**
   * The scoring graph. Inputs: {@code input_ids} int64 [batch, sequence], right-padded (causal
   * attention keeps padding from being seen); {@code target_positions} int64 [targets], each an
   * index into batch·sequence: the position whose next token is the target, no two equal; {@code
   * target_ids} int64 [targets]; {@code target_weights} float [targets]; then every parameter by
   * name, those that are trained before those that are frozen. Outputs: {@code loss}, Σ weight ·
   * −log p(target), a scalar; {@code token_losses}, −log p(target) of each target, [targets].
   *
   * <p>Padding costs nothing but in attention; neither do tokens behind a row's last target, nor
   * others than target positions from the last layer's attention on.
   */
  public static Scoring scoring(ParameterLayout layout) {
    Sequences s = sequences("decoder-scoring", layout, false, 0);
    LossHead head = s.body().head(s.hidden(), s.targets());
    Value losses = s.ops().identity(head.tokenLosses(), "token_losses");
    s.graph().output(s.loss(losses));
    s.graph().output(losses);
    return new Scoring(s.graph(), s.body().betweenLayers());
  }

  /**
   * The graph that a training step differentiates; adapters drop inputs out.
   *
   * @param seed of its random draws. Every run of a session counts it up by one, so a session that
   *     is to go on after n runs of another begins with the seed + n
   */
  public static Learning learning(ParameterLayout layout, long seed) {
    Sequences s = sequences("decoder-learning", layout, true, seed);
    LossHead head = s.body().head(s.hidden(), s.targets());
    boolean trained = layout.lora().isEmpty();
    LossHead.Learned learned = trained ? head.trained(s.weights()) : head.frozen(s.weights());
    List<Value> parameters =
        s.graph()
            .inputs()
            .subList(USER_INPUTS.size(), USER_INPUTS.size() + layout.trained().size());
    return new Learning(
        s.graph(),
        s.loss(learned.tokenLosses()),
        parameters,
        learned.gradients(),
        s.body().betweenLayers());
  }

  private static Sequences sequences(
      String name, ParameterLayout layout, boolean learning, long seed) {
    Graph graph = new Graph(name);
    Ops ops = new Ops(graph);
    Value ids = graph.input("input_ids", INT64, Shape.of(BATCH, SEQUENCE));
    Value positions = graph.input("target_positions", INT64, Shape.of(TARGETS));
    Value targets = graph.input("target_ids", INT64, Shape.of(TARGETS));
    Value weights = graph.input("target_weights", FLOAT, Shape.of(TARGETS));
    List<Value> all = new ArrayList<>();
    for (Parameter p : layout.trained()) {
      all.add(graph.input(p.name(), FLOAT, Shape.of(p.sizes())));
    }
    layout.frozenValues().forEach(v -> all.add(graph.input(v.name(), v.type(), v.shape())));
    DecoderBody body = new DecoderBody(ops, layout, learning, seed, all);
    PackedTokens packing = new PackedTokens(ops, ids, positions, BLOCKS);
    Value hidden = body.hidden(packing.ids(), new ScoringAttention(ops, layout, packing, BLOCKS));
    return new Sequences(graph, ops, targets, weights, body, hidden);
  }

  /** The sizes of the dimensions that graphs over sequences make of these, at most, by name. */
  public static Map<String, Long> packedSizes(long batch, long sequence) {
    return PackedTokens.sizes(batch * sequence, sequence, BLOCKS);
  }

  /**
   * The sizes of all open dimensions of graphs over sequences, by name.
   *
   * @param tokens of the batch that count: those up to their row's last target position
   */
  public static Map<String, Long> sizes(long batch, long sequence, long targets, long tokens) {
    Map<String, Long> sizes = new HashMap<>(PackedTokens.sizes(tokens, sequence, BLOCKS));
    sizes.put(BATCH.toString(), batch);
    sizes.put(SEQUENCE.toString(), sequence);
    sizes.put(TARGETS.toString(), targets);
    return sizes;
  }

  /**
   * The graph that shows what the model computes; its parameters are external initializers. Input:
   * {@code input_ids} int64 [batch, sequence]. Output: {@code logits} [batch · sequence,
   * vocabulary], of the token after each position.
   */
  public static Graph logits(ParameterLayout layout) {
    Graph graph = new Graph("decoder-logits");
    Ops ops = new Ops(graph);
    Value ids = graph.input("input_ids", INT64, Shape.of(BATCH, SEQUENCE));
    DecoderBody body = new DecoderBody(ops, layout, false, 0, initializers(graph, layout));
    Value size = ops.squeeze(ops.productOfSizes(ids, 0, 2), 0);
    PackedTokens packing = new PackedTokens(ops, ids, ops.range(size, BATCH.times(SEQUENCE)), 1);
    Value hidden = body.hidden(packing.ids(), new ScoringAttention(ops, layout, packing, 1));
    graph.output(ops.identity(body.logits(hidden), "logits"));
    return graph;
  }

  /**
   * The sampling graph; its parameters are external initializers. Inputs: {@code input_ids} int64
   * [batch, sequence]; {@code seqlens_k} int32 [batch], each row's length so far, the new tokens
   * included, less 1; {@code total_sequence_length} int32 scalar, the longest row's length; {@code
   * last_index} int64 [batch], each row's last token as an index into batch·sequence; {@code
   * rotary_cos} and {@code rotary_sin} [positions, headSize / 2], which {@link RotaryAngles} fills,
   * for no fewer positions than the longest row has; for each layer {@code past_key_i} and {@code
   * past_value_i} float [batch, keyValueHeads, capacity, headSize] (headSize rounded up to a
   * multiple of 8). Outputs: {@code logits} [batch, vocabulary] of the token after each row's last;
   * {@code present_key_i} and {@code present_value_i}, to be bound to the same tensors as the
   * pasts.
   */
  public static Graph sampling(ParameterLayout layout) {
    Graph graph = new Graph("decoder-sampling");
    Ops ops = new Ops(graph);
    Value ids = graph.input("input_ids", INT64, Shape.of(BATCH, SEQUENCE));
    Value lengths = graph.input("seqlens_k", INT32, Shape.of(BATCH));
    Value longest = graph.input("total_sequence_length", INT32, Shape.scalar());
    Value last = graph.input("last_index", INT64, Shape.of(BATCH));
    SamplingAttention attention = new SamplingAttention(ops, layout, ids, lengths, longest, last);
    DecoderBody body = new DecoderBody(ops, layout, false, 0, initializers(graph, layout));
    graph.output(ops.identity(body.logits(body.hidden(ids, attention)), "logits"));
    attention.presents().forEach(graph::output);
    return graph;
  }

  /**
   * The graph that others run, in operators of ONNX itself, with the inputs and outputs of Hugging
   * Face Optimum. Inputs: {@code input_ids} int64 [batch, sequence]; {@code attention_mask} int64
   * [batch, past + sequence], 0 for padding; {@code position_ids} int64 [batch, sequence]; for each
   * layer {@code past_key_values.i.key} and {@code .value} float [batch, keyValueHeads, past,
   * headSize], where past may be 0. Outputs: {@code logits} [batch, sequence, vocabulary]; {@code
   * present.i.key} and {@code .value}. The parameters are external initializers, as {@link
   * #isTransposed} says.
   */
  public static Graph inference(DecoderConfig config) {
    Graph graph = new Graph("decoder");
    Ops ops = Ops.standard(graph);
    Value ids =
        graph.input("input_ids", INT64, Shape.of(Dim.of("batch_size"), Dim.of("sequence_length")));
    List<Value> parameters = new ArrayList<>();
    for (Parameter p : Parameter.of(config)) {
      long[] sizes = p.sizes();
      Shape shape = isTransposed(p) ? Shape.of(sizes[1], sizes[0]) : Shape.of(sizes);
      parameters.add(graph.externalInitializer(p.name(), FLOAT, shape));
    }
    ExportedAttention attention = new ExportedAttention(ops, config, ids);
    DecoderBody body = DecoderBody.ofTransposed(ops, ParameterLayout.full(config), parameters);
    graph.output(ops.identity(body.logits(body.hidden(ids, attention)), "logits"));
    attention.presents().forEach(graph::output);
    return graph;
  }

  /**
   * Whether the inference graph has {@code parameter} as [in, out]: the weights of linear layers.
   */
  public static boolean isTransposed(Parameter parameter) {
    return parameter.isMatrix() && !parameter.isEmbedding();
  }

  private static List<Value> initializers(Graph graph, ParameterLayout layout) {
    List<Value> all = new ArrayList<>();
    for (Parameter p : layout.trained()) {
      all.add(graph.externalInitializer(p.name(), FLOAT, Shape.of(p.sizes())));
    }
    layout
        .frozenValues()
        .forEach(v -> all.add(graph.externalInitializer(v.name(), v.type(), v.shape())));
    return all;
  }
}
