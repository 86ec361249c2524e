package org.riselm.onnx.internal.artifact;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.onnx.artifact.ArtifactInputs;
import org.riselm.onnx.internal.runtime.Port;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.train.MicroBatch;
import org.riselm.onnx.internal.train.StepExecutor;
import org.riselm.onnx.internal.util.Resources;

/**
 * Steps by ONNX Runtime's training session over artifacts that were made elsewhere, as they are:
 * with their loss and their optimizer, whose moments go on from the checkpoint. {@link #writeBack}
 * replaces the checkpoint in their folder.
 *
 * <p>Artifacts without an input for weights average over the labels they are given. They can learn
 * examples of one positive weight only, and one micro-batch a step.
 */
public final class ArtifactExecutor implements StepExecutor {
  /** The name of the model that {@link #export} writes. */
  public static final String EXPORTED = "model.onnx";

  private final ArtifactInputs mapping;
  private final Map<String, ArtifactInput> roles;
  private final List<Port> trainingPorts;
  private final List<Port> evaluationPorts;
  private final int lossIndex;
  private final long fixedRows;
  private final long fixedColumns;
  private final ArtifactSession session;

  /**
   * Opens the artifacts.
   *
   * @param folder of the four files
   * @param mapping what their inputs stand for
   * @param threads that ONNX Runtime may use
   * @throws org.riselm.onnx.artifact.ArtifactException naming the file and what does not fit: the
   *     artifacts each other, or an input its meaning; and every input that has none
   */
  public ArtifactExecutor(Path folder, ArtifactInputs mapping, int threads) {
    this.mapping = mapping;
    this.roles = ArtifactInput.roles(mapping);
    ArtifactFiles artifacts = ArtifactFiles.read(folder);
    this.trainingPorts = artifacts.trainingInputs();
    this.evaluationPorts = artifacts.evaluationInputs();
    ArtifactMapping check = new ArtifactMapping(artifacts, mapping);
    check.inputs();
    this.lossIndex = check.loss();
    Port ids = check.tokenIds();
    this.fixedRows = ids.shape().get(0);
    this.fixedColumns = ids.shape().get(1);
    this.session = new ArtifactSession(folder, threads);
  }

  @Override
  public double accumulate(MicroBatch batch) {
    if (mapping.weights().isEmpty()) {
      requireEvenWeights(batch);
      if (session.accumulated() > 0) {
        throw new IllegalStateException(
            "these artifacts average over each micro-batch, so that a step has room for one; put"
                + " more tokens through at once, or make artifacts with an input for weights");
      }
    }
    try (Resources run = new Resources()) {
      float[] loss = session.get().trainStep(inputs(run, batch, trainingPorts), lossIndex);
      session.accumulate();
      return loss[0];
    }
  }

  private static void requireEvenWeights(MicroBatch batch) {
    float first = batch.targetWeight(0);
    for (int t = 0; t < batch.targets(); t++) {
      float weight = batch.targetWeight(t);
      if (!(weight > 0) || Math.abs(weight - first) > 1e-5f * first) {
        throw new IllegalArgumentException(
            "these artifacts have no input for weights, so every target must have the same one, above 0; found %s and %s"
                .formatted(first, weight));
      }
    }
  }

  private List<Tensor> inputs(Resources run, MicroBatch batch, List<Port> ports) {
    LabeledRows rows = rows(batch);
    return ports.stream()
        .map(port -> run.add(rows.tensor(ArtifactMapping.role(roles, port), port)))
        .toList();
  }

  private LabeledRows rows(MicroBatch batch) {
    return new LabeledRows(
        batch, mapping.labelPlace(), mapping.ignoredLabel(), fixedRows, fixedColumns);
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

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException if no output of the evaluation graph is named for logits
   */
  @Override
  public float[] tokenLosses(MicroBatch batch) {
    String logits =
        mapping
            .logits()
            .orElseThrow(
                () ->
                    new UnsupportedOperationException(
                        "to score tokens, name the output of the evaluation graph that has the"
                            + " logits; its outputs are "
                            + session.get().evaluationOutputs()));
    try (Resources run = new Resources()) {
      int output = session.get().evaluationOutputs().indexOf(logits);
      float[] all = session.get().evalStep(inputs(run, batch, evaluationPorts), output);
      LabeledRows rows = rows(batch);
      int vocabulary = all.length / rows.places();
      float[] losses = new float[batch.targets()];
      for (int t = 0; t < losses.length; t++) {
        losses[t] = loss(all, rows.place(batch, t) * vocabulary, vocabulary, batch.targetId(t));
      }
      return losses;
    }
  }

  private static float loss(float[] logits, int from, int count, long target) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, logits[from + i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(logits[from + i] - max);
    }
    return (float) (max + Math.log(sum) - logits[from + Math.toIntExact(target)]);
  }

  /** Replaces the checkpoint of the artifacts by one of the weights and moments as they are. */
  @Override
  public void writeBack() {
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

  /**
   * Writes the evaluation graph with the weights as they are, cut down to what {@code outputs}
   * need, as {@value #EXPORTED}.
   *
   * @param target new or empty; it appears whole or not at all
   * @param outputs of the evaluation graph, for example its logits
   */
  public void export(Path target, List<String> outputs) throws IOException {
    for (String output : outputs) {
      if (!session.get().evaluationOutputs().contains(output)) {
        throw new IllegalArgumentException(
            "the evaluation graph has no output %s; it has %s"
                .formatted(output, session.get().evaluationOutputs()));
      }
    }
    AtomicFiles.writeFolder(target, work -> session.get().export(work.resolve(EXPORTED), outputs));
  }

  @Override
  public void close() {
    session.close();
  }
}
