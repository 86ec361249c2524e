package org.riselm.onnx.model;

import static org.riselm.onnx.runtime.ElementType.FLOAT;
import static org.riselm.onnx.runtime.ElementType.INT32;
import static org.riselm.onnx.runtime.ElementType.INT64;

import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.graph.Dim;
import org.riselm.onnx.graph.Graph;
import org.riselm.onnx.graph.Ops;
import org.riselm.onnx.graph.Shape;
import org.riselm.onnx.graph.Value;

/** Builds a decoder's graphs: the one that learns and scores, and the one that samples. */
public final class DecoderGraphs {
  private static final Dim BATCH = Dim.of("batch");
  private static final Dim SEQUENCE = Dim.of("sequence");
  private static final Dim TARGETS = Dim.of("targets");

  private DecoderGraphs() {}

  /**
   * A graph that scores given targets.
   *
   * @param graph with its user inputs first, then the parameters, those that are trained before
   *     those that are frozen
   * @param loss Σ weight · −log p(target), a scalar
   * @param tokenLosses −log p(target) of each target, [targets]
   * @param parameters the inputs that are trained
   */
  public record Scoring(Graph graph, Value loss, Value tokenLosses, List<Value> parameters) {
    public Scoring {
      parameters = List.copyOf(parameters);
    }
  }

  /**
   * The scoring graph. Inputs: {@code input_ids} int64 [batch, sequence], right-padded (causal
   * attention keeps padding from being seen); {@code target_positions} int64 [targets], each an
   * index into batch·sequence: the position whose next token is the target; {@code target_ids}
   * int64 [targets]; {@code target_weights} float [targets]; then every parameter by name.
   *
   * <p>Only the target positions reach the head: prompts and padding cost no logits.
   *
   * @param learning whether adapters drop inputs out, as they do in training
   */
  public static Scoring scoring(Layout layout, boolean learning) {
    return scoring(layout, learning, 0);
  }

  /**
   * {@link #scoring(Layout, boolean)} that goes on with its random draws: what is dropped in its
   * first run is what is dropped in the run of another that follows {@code runs} runs.
   */
  public static Scoring scoring(Layout layout, boolean learning, long runs) {
    DecoderConfig config = layout.config();
    Graph graph = new Graph("decoder-scoring");
    Ops ops = new Ops(graph);
    Value ids = graph.input("input_ids", INT64, Shape.of(BATCH, SEQUENCE));
    Value positions = graph.input("target_positions", INT64, Shape.of(TARGETS));
    Value targets = graph.input("target_ids", INT64, Shape.of(TARGETS));
    Value weights = graph.input("target_weights", FLOAT, Shape.of(TARGETS));
    List<Value> parameters = new ArrayList<>();
    for (Parameter p : layout.trained()) {
      parameters.add(graph.input(p.name(), FLOAT, Shape.of(p.sizes())));
    }
    List<Value> all = new ArrayList<>(parameters);
    layout.frozen().forEach((p, type) -> all.add(graph.input(p.name(), type, Shape.of(p.sizes()))));
    DecoderBody body = new DecoderBody(ops, layout, learning, runs, all);
    Value hidden = body.hidden(ids, new ScoringAttention(ops, config, ids));
    Value logits = body.logits(ops.gather(ops.flattenRows(hidden), positions, 0));
    Value tokenLosses = ops.identity(ops.crossEntropy(logits, targets).get(0), "token_losses");
    Value loss = ops.identity(ops.reduceSum(ops.mul(tokenLosses, weights), false, 0), "loss");
    return new Scoring(graph, loss, tokenLosses, parameters);
  }

  /**
   * The graph that shows what the model computes; its parameters are external initializers. Input:
   * {@code input_ids} int64 [batch, sequence]. Output: {@code logits} [batch · sequence,
   * vocabulary], of the token after each position.
   */
  public static Graph logits(Layout layout) {
    DecoderConfig config = layout.config();
    Graph graph = new Graph("decoder-logits");
    Ops ops = new Ops(graph);
    Value ids = graph.input("input_ids", INT64, Shape.of(BATCH, SEQUENCE));
    DecoderBody body = new DecoderBody(ops, layout, false, 0, initializers(graph, layout));
    Value hidden = body.hidden(ids, new ScoringAttention(ops, config, ids));
    graph.output(ops.identity(body.logits(ops.flattenRows(hidden)), "logits"));
    return graph;
  }

  /**
   * The sampling graph; its parameters are external initializers. Inputs: {@code input_ids} int64
   * [batch, sequence]; {@code seqlens_k} int32 [batch], each row's length so far, the new tokens
   * included, less 1; {@code total_sequence_length} int32 scalar, the longest row's length; {@code
   * last_index} int64 [batch], each row's last token as an index into batch·sequence; for each
   * layer {@code past_key_i} and {@code past_value_i} float [batch, keyValueHeads, capacity,
   * headSize] (headSize rounded up to a multiple of 8). Outputs: {@code logits} [batch, vocabulary]
   * of the token after each row's last; {@code present_key_i} and {@code present_value_i}, to be
   * bound to the same tensors as the pasts.
   */
  public static Graph sampling(Layout layout) {
    DecoderConfig config = layout.config();
    Graph graph = new Graph("decoder-sampling");
    Ops ops = new Ops(graph);
    Value ids = graph.input("input_ids", INT64, Shape.of(BATCH, SEQUENCE));
    Value lengths = graph.input("seqlens_k", INT32, Shape.of(BATCH));
    Value longest = graph.input("total_sequence_length", INT32, Shape.scalar());
    Value last = graph.input("last_index", INT64, Shape.of(BATCH));
    SamplingAttention attention = new SamplingAttention(ops, config, ids, lengths, longest);
    DecoderBody body = new DecoderBody(ops, layout, false, 0, initializers(graph, layout));
    Value hidden = body.hidden(ids, attention);
    Value logits = body.logits(ops.gather(ops.flattenRows(hidden), last, 0));
    graph.output(ops.identity(logits, "logits"));
    attention.presents().forEach(graph::output);
    return graph;
  }

  private static List<Value> initializers(Graph graph, Layout layout) {
    List<Value> all = new ArrayList<>();
    for (Parameter p : layout.trained()) {
      all.add(graph.externalInitializer(p.name(), FLOAT, Shape.of(p.sizes())));
    }
    layout
        .frozen()
        .forEach(
            (p, type) -> all.add(graph.externalInitializer(p.name(), type, Shape.of(p.sizes()))));
    return all;
  }
}
