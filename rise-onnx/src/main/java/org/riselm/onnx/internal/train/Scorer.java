package org.riselm.onnx.internal.train;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;

import java.util.List;
import java.util.Map;
import org.riselm.core.policy.LogProbabilities;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/** Scores given targets with a model's weights as they are now. Learns nothing. */
public final class Scorer implements AutoCloseable {
  private final Resources resources = new Resources();
  private final LayeredSession session;
  private final Activations activations;
  private final ModelTensors model;

  /** Prepares to score with {@code model}, which stays the caller's. */
  public Scorer(ModelTensors model, int threads) {
    this.model = model;
    this.session =
        resources.add(
            new LayeredSession(
                TrainingGraph.layeredScoring(model.layout()), threads, model.device()));
    this.activations = resources.add(new Activations(model.device()));
  }

  /** −log p(target) of each target. */
  public float[] tokenLosses(MicroBatch batch) {
    try (Tensor losses = Tensor.zeros(FLOAT, batch.targets());
        Tensor loss = Tensor.scalar(0)) {
      session.run(batch, model, Map.of("token_losses", losses, "loss", loss), activations);
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

  @Override
  public void close() {
    resources.close();
  }
}
