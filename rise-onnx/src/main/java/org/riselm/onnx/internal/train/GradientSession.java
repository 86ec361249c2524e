package org.riselm.onnx.internal.train;

import java.util.List;
import org.riselm.onnx.internal.decoder.ModelTensors;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Placement;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/** The training graph, loaded once: a micro-batch goes in, its gradients go into a block. */
final class GradientSession implements AutoCloseable {
  private final Resources resources = new Resources();
  private final ModelTensors model;
  private final OnnxSession session;
  private final Tensor loss;
  private List<Integer> lastShape = List.of();

  /**
   * Loads the graph.
   *
   * @param graph {@link TrainingGraph#withGradients}, serialized
   * @param model whose numbers it reads at each run; it stays the caller's
   */
  GradientSession(byte[] graph, ModelTensors model, int threads) {
    this.model = model;
    try {
      SessionSettings settings = SessionSettings.ofThreads(threads).on(model.device());
      this.session = resources.add(OnnxSession.load(graph, settings));
      this.loss = resources.add(Tensor.scalar(0));
    } catch (RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  /**
   * Writes a micro-batch's gradients over what is in {@code gradients}.
   *
   * @return Σ weight · −log p(target) over its targets
   */
  double run(MicroBatch batch, ParameterBlock gradients) {
    try (Resources run = new Resources()) {
      Binding binding = run.add(session.bind());
      Scorer.bindInputs(run, binding, batch, model);
      binding.output("loss", loss);
      for (Parameter p : gradients.parameters()) {
        binding.output(TrainingGraph.gradientName(p.name()), gradients.tensor(p.name()));
      }
      // A device's arena would keep what the last shape needed beside what this one does.
      List<Integer> shape = List.of(batch.rows(), batch.columns(), batch.targets());
      if (shape.equals(lastShape)) {
        binding.run();
      } else {
        binding.runAndRelease();
      }
      lastShape = shape;
    }
    return loss.floats().get(0);
  }

  /** Where every node of the graph runs; known on a GPU only. */
  List<Placement> placements() {
    return session.placements();
  }

  @Override
  public void close() {
    resources.close();
  }
}
