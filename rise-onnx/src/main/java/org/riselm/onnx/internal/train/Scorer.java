package org.riselm.onnx.internal.train;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import java.util.List;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/** Scores given targets with a model's weights as they are now. Learns nothing. */
public final class Scorer implements AutoCloseable {
  private final OnnxSession session;
  private final ModelTensors model;

  /** Prepares to score with {@code model}, which stays the caller's. */
  public Scorer(ModelTensors model, int threads) {
    this.model = model;
    this.session =
        OnnxSession.load(
            DecoderGraphs.scoring(model.layout()).toModel(),
            SessionSettings.ofThreads(threads).on(model.device()));
  }

  /** −log p(target) of each target. */
  public float[] tokenLosses(MicroBatch batch) {
    try (Resources run = new Resources()) {
      Binding binding = run.add(session.bind());
      bindInputs(run, binding, batch, model);
      Tensor losses = run.add(Tensor.zeros(FLOAT, batch.targets()));
      binding.output("token_losses", losses);
      binding.run();
      return losses.toFloats();
    }
  }

  /**
   * ln p of each target token of each example, in their order.
   *
   * @param microBatchTokens the most tokens, padding counted, that go through the model at once
   */
  public List<LogProbabilities> logProbabilities(
      List<EncodedExample> examples, int microBatchTokens) {
    int[] lengths = examples.stream().mapToInt(EncodedExample::inputTokens).toArray();
    LogProbabilities[] all = new LogProbabilities[examples.size()];
    for (List<Integer> group : LengthBuckets.of(lengths, microBatchTokens)) {
      score(examples, group, all);
    }
    return List.of(all);
  }

  private void score(List<EncodedExample> examples, List<Integer> rows, LogProbabilities[] into) {
    float[] losses = tokenLosses(BatchPlanner.pack(rows.stream().map(examples::get).toList(), 1));
    int next = 0;
    for (int row : rows) {
      double[] logs = new double[examples.get(row).target().length()];
      for (int t = 0; t < logs.length; t++) {
        logs[t] = -losses[next++];
      }
      into[row] = LogProbabilities.of(logs);
    }
  }

  /** Feeds a batch and the model's numbers to a graph that {@code TrainingGraph} made. */
  static void bindInputs(Resources run, Binding binding, MicroBatch batch, ModelTensors model) {
    List<Tensor> tensors = batch.toTensors();
    tensors.forEach(run::add);
    for (int i = 0; i < DecoderGraphs.USER_INPUTS.size(); i++) {
      binding.input(DecoderGraphs.USER_INPUTS.get(i), tensors.get(i));
    }
    model.all().forEach(binding::input);
  }

  @Override
  public void close() {
    session.close();
  }
}
