package org.riselm.onnx.internal.artifact;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.autodiff.Differentiator;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.train.AdamW;
import org.riselm.onnx.model.DecoderConfig;

/** The training artifacts of a decoder. */
public final class DecoderArtifacts {
  private DecoderArtifacts() {}

  /**
   * The artifacts that train a decoder from these weights on, with fresh moments. The training
   * graph gives {@code loss}; the evaluation graph {@code loss} and {@code token_losses}.
   *
   * @param weights which the checkpoint views: they must stay open as long as it is used
   * @throws IllegalArgumentException if {@code optimizer} decays some parameters only: ONNX
   *     Runtime's has one weight decay for all
   */
  public static ArtifactFiles of(DecoderConfig config, ParameterBlock weights, AdamW optimizer) {
    List<NamedTensor> parameters = new ArrayList<>();
    for (Parameter p : weights.parameters()) {
      parameters.add(TensorViews.of(p.name(), weights.tensor(p.name())));
    }
    return ArtifactFiles.of(
        training(config),
        DecoderGraphs.scoring(ParameterLayout.full(config)).graph(),
        OptimizerModel.of(optimizer),
        Checkpoint.of(parameters));
  }

  private static Graph training(DecoderConfig config) {
    DecoderGraphs.Learning learning = DecoderGraphs.learning(ParameterLayout.full(config), 0);
    Graph graph = learning.graph();
    Map<Value, Value> gradients =
        Differentiator.gradients(graph, learning.gradients(), learning.parameters());
    graph.output(learning.loss());
    GradientBuffers.addTo(graph, gradients);
    return graph;
  }
}
