package org.riselm.onnx.internal.train;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/** Runs micro-batches one by one, with memory of its own for what they take and give. */
final class GradientWorker implements AutoCloseable {
  private final Resources resources = new Resources();
  private final LayeredSession session;
  private final ModelTensors model;
  private final ParameterBlock gradients;
  private final int threads;
  private final Activations activations;
  private final Tensor loss;
  private @Nullable GradientAccumulator sum;

  /** Works with {@code session} on {@code model}, which stay the caller's. */
  GradientWorker(
      LayeredSession session, ModelTensors model, ParameterBlock gradients, int threads) {
    this.session = session;
    this.model = model;
    this.gradients = gradients;
    this.threads = threads;
    this.activations = resources.add(new Activations(model.device()));
    this.loss = resources.add(Tensor.scalar(0));
  }

  /**
   * Does micro-batches of {@code work} for as long as there are any.
   *
   * @param overwrite whether the first of them overwrites what the gradients were
   */
  void work(MicroBatchQueue work, boolean overwrite) {
    try {
      for (int i = work.take(); i >= 0; i = work.take()) {
        boolean overwrites = overwrite && i == 0;
        double itsLoss = run(work.batch(i), overwrites ? gradients : sum().next());
        work.addInTurn(i, itsLoss, overwrites ? () -> {} : sum()::add);
      }
    } catch (RuntimeException | Error e) {
      work.fail(e);
    }
  }

  /**
   * Writes a micro-batch's gradients over what is in {@code into}.
   *
   * @return Σ weight · −log p(target) over its targets
   */
  private double run(MicroBatch batch, ParameterBlock into) {
    Map<String, Tensor> outputs = new HashMap<>();
    outputs.put("loss", loss);
    for (Parameter p : into.parameters()) {
      outputs.put(TrainingGraph.gradientName(p.name()), into.tensor(p.name()));
    }
    session.run(batch, model, outputs, activations);
    return loss.floats().get(0);
  }

  private GradientAccumulator sum() {
    if (sum == null) {
      sum = resources.add(new GradientAccumulator(gradients, threads));
    }
    return sum;
  }

  @Override
  public void close() {
    resources.close();
  }
}
