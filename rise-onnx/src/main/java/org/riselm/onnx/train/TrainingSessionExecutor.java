package org.riselm.onnx.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.riselm.core.policy.NewFolder;
import org.riselm.onnx.artifact.TrainingArtifacts;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Parameter;
import org.riselm.onnx.model.Weights;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.runtime.Resources;
import org.riselm.onnx.runtime.Tensor;
import org.riselm.onnx.runtime.TrainingSession;

/**
 * Steps by ONNX Runtime's training session over the four training artifacts. The session has
 * weights of its own; those it was given follow at {@link #writeBack}.
 */
public final class TrainingSessionExecutor implements StepExecutor {
  private final Resources resources = new Resources();
  private final Path folder;
  private final Weights weights;
  private final int threads;
  private TrainingSession session;
  private final Tensor loss;
  private int accumulated;

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
      DecoderConfig config, Weights weights, AdamW optimizer, Path folder, int threads) {
    this.folder = folder;
    this.weights = weights;
    this.threads = threads;
    DecoderArtifacts.of(config, weights, optimizer).write(folder);
    try {
      this.session = TrainingArtifacts.open(folder, threads);
      resources.add(() -> session.close());
      this.loss = resources.add(Tensor.scalar(0));
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  @Override
  public double accumulate(MicroBatch batch) {
    try (Resources run = new Resources()) {
      session.trainStep(inputs(run, batch), List.of(loss));
    }
    accumulated++;
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
    if (accumulated == 0) {
      throw new IllegalStateException("no gradients were accumulated since the last step");
    }
    session.optimizerStep((float) learningRate);
    discard();
    return Double.NaN;
  }

  @Override
  public void discard() {
    session.resetGradients();
    accumulated = 0;
  }

  @Override
  public float[] tokenLosses(MicroBatch batch) {
    try (Resources run = new Resources()) {
      Tensor sum = run.add(Tensor.scalar(0));
      Tensor losses = run.add(Tensor.zeros(ElementType.FLOAT, batch.targets()));
      session.evalStep(inputs(run, batch), List.of(sum, losses));
      return losses.toFloats();
    }
  }

  @Override
  public void writeBack() {
    try (Resources run = new Resources()) {
      Tensor flat = run.add(Tensor.zeros(ElementType.FLOAT, session.parameterElements(true)));
      session.copyParametersTo(flat, true);
      long offset = 0;
      for (Parameter p : weights.parameters()) {
        weights.tensor(p.name()).copyFrom(run.add(flat.slice(offset, p.sizes())));
        offset += p.elements();
      }
    }
  }

  /** Replaces the checkpoint of the artifacts by one of the weights and moments as they are. */
  public void saveCheckpoint() {
    TrainingArtifacts.saveCheckpoint(session, folder);
  }

  @Override
  public void save(Path point) throws IOException {
    saveCheckpoint();
    NewFolder.write(point, work -> TrainingArtifacts.copyCheckpoint(folder, work));
  }

  @Override
  public void restore(Path point) throws IOException {
    TrainingArtifacts.copyCheckpoint(point, folder);
    session.close();
    session = TrainingArtifacts.open(folder, threads);
    accumulated = 0;
  }

  @Override
  public void close() {
    resources.close();
  }
}
