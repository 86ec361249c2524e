package org.riselm.onnx.internal.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.onnx.internal.artifact.ArtifactSession;
import org.riselm.onnx.internal.artifact.DecoderArtifacts;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.DecoderConfig;

/**
 * Steps by ONNX Runtime's training session over the four training artifacts. The session has
 * weights of its own; those it was given follow at {@link #writeBack}.
 */
final class TrainingSessionExecutor implements StepExecutor {
  private final Resources resources = new Resources();
  private final ParameterBlock weights;
  private final ArtifactSession session;
  private final Tensor loss;

  /**
   * Writes the artifacts and prepares to train.
   *
   * @param config of the model
   * @param weights to start from, and to write back to; they stay the caller's
   * @param optimizer how gradients are applied
   * @param folder where the artifacts go: new or empty. They stay when this is closed
   * @param threads that ONNX Runtime may use
   * @throws IllegalArgumentException if {@code optimizer} decays some parameters only
   */
  public TrainingSessionExecutor(
      DecoderConfig config, ParameterBlock weights, AdamW optimizer, Path folder, int threads) {
    this.weights = weights;
    DecoderArtifacts.of(config, weights, optimizer).write(folder);
    try {
      this.session = resources.add(new ArtifactSession(folder, threads));
      this.loss = resources.add(Tensor.scalar(0));
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  @Override
  public double accumulate(MicroBatch batch) {
    try (Resources run = new Resources()) {
      session.get().trainStep(inputs(run, batch), List.of(loss));
    }
    session.accumulate();
    return loss.floats().get(0);
  }

  private static List<Tensor> inputs(Resources run, MicroBatch batch) {
    List<Tensor> tensors = batch.toTensors();
    tensors.forEach(run::add);
    return tensors;
  }

  /** {@inheritDoc} The norm is always NaN: the session shows no gradients. */
  @Override
  public double step(double learningRate) {
    return session.step(learningRate);
  }

  @Override
  public void discard() {
    session.discard();
  }

  @Override
  public float[] tokenLosses(MicroBatch batch) {
    try (Resources run = new Resources()) {
      Tensor sum = run.add(Tensor.scalar(0));
      Tensor losses = run.add(Tensor.zeros(ElementType.FLOAT, batch.targets()));
      session.get().evalStep(inputs(run, batch), List.of(sum, losses));
      return losses.toFloats();
    }
  }

  @Override
  public void writeBack() {
    try (Resources run = new Resources()) {
      Tensor flat = run.add(Tensor.zeros(ElementType.FLOAT, session.get().parameterElements(true)));
      session.get().copyParametersTo(flat, true);
      long offset = 0;
      for (Parameter p : weights.parameters()) {
        weights.tensor(p.name()).copyFrom(run.add(flat.slice(offset, p.sizes())));
        offset += p.elements();
      }
    }
  }

  /** Replaces the checkpoint of the artifacts by one of the weights and moments as they are. */
  public void saveCheckpoint() {
    session.saveCheckpoint();
  }

  @Override
  public void save(Path point) throws IOException {
    session.save(point);
  }

  @Override
  public void restore(Path point) throws IOException {
    session.restore(point);
  }

  @Override
  public void close() {
    resources.close();
  }
}
