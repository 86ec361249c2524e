package org.riselm.onnx.internal.imported;

import static org.riselm.onnx.internal.runtime.ElementType.FLOAT;
import static org.riselm.onnx.internal.runtime.ElementType.INT64;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.artifact.ArtifactInputs;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.DecoderInputs;
import org.riselm.onnx.artifact.DecoderParameter;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.artifact.ArtifactFiles;
import org.riselm.onnx.internal.artifact.GradientBuffers;
import org.riselm.onnx.internal.artifact.OptimizerModel;
import org.riselm.onnx.internal.autodiff.Differentiator;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.OnnxFile;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.StoredTensor;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.train.AdamW;

/** Makes the graphs that train and evaluate a decoder. */
public final class DecoderTraining {
  private static final String LOSS = "loss";

  /** Constants of so many numbers are shared by both graphs, in the checkpoint. */
  private static final long LARGE = 1 << 16;

  private final OnnxFile file;
  private final DecoderInterface ports;
  private final ParameterChoice choice;
  private final long large;
  private final String labelsName;
  private final String weightsName;

  public DecoderTraining(OnnxFile file, DecoderInterface ports, ParameterChoice choice) {
    this(file, ports, choice, LARGE);
  }

  public DecoderTraining(
      OnnxFile file, DecoderInterface ports, ParameterChoice choice, long large) {
    this.large = large;
    this.file = file;
    this.ports = ports;
    this.choice = choice;
    this.labelsName = ports.free("labels");
    this.weightsName = ports.free("token_weights");
  }

  /**
   * A graph with its loss, before the way back.
   *
   * @param slope the gradient of the loss with respect to the logits, of their shape
   */
  private record Forward(
      Graph graph, Ops ops, Value logits, Value loss, Value slope, List<Value> parameters) {}

  public ArtifactFiles artifacts(AdamW optimizer) throws IOException {
    return ArtifactFiles.of(
        trainingGraph(), evaluationGraph(), OptimizerModel.of(optimizer), checkpoint());
  }

  public ArtifactInputs inputs() {
    DecoderInputs meanings = ports.meanings();
    ArtifactInputs.Builder inputs =
        ArtifactInputs.builder(meanings.tokenIds(), labelsName)
            .weights(weightsName)
            .logits(meanings.logits());
    meanings.attentionMask().ifPresent(inputs::attentionMask);
    meanings.positions().ifPresent(inputs::positions);
    return inputs.build();
  }

  private Graph trainingGraph() throws IOException {
    Forward f = forward("training");
    Map<Value, Value> gradients =
        Differentiator.gradients(f.graph(), Map.of(f.logits(), f.slope()), f.parameters());
    f.graph().output(f.loss());
    GradientBuffers.addTo(f.graph(), gradients);
    return f.graph();
  }

  private Graph evaluationGraph() throws IOException {
    Forward f = forward("evaluation");
    f.graph().output(f.loss());
    f.graph().output(f.logits());
    return f.graph();
  }

  private Forward forward(String name) throws IOException {
    Graph graph = file.newGraph(name);
    Ops ops = new Ops(graph);
    Map<String, Value> given = new LinkedHashMap<>(ports.addTo(graph));
    Value ids = ports.tokenIds(given);
    Value labels = graph.input(labelsName, INT64, ids.shape());
    Value weights = graph.input(weightsName, FLOAT, ids.shape());
    List<Value> parameters = new ArrayList<>();
    for (DecoderParameter p : choice.trained()) {
      parameters.add(graph.input(p.name(), FLOAT, tensor(p).shape()));
    }
    for (DecoderParameter p : choice.largeOthers(large)) {
      given.put(p.name(), graph.input(p.name(), FLOAT, tensor(p).shape()));
    }
    parameters.forEach(v -> given.put(v.name(), v));
    String logitsName = ports.meanings().logits();
    Value logits = file.addTo(graph, given, List.of(logitsName)).value(logitsName);
    return withLoss(ops, logits, labels, weights, parameters);
  }

  /** Σ weight · −log p(label) over the labels that are 0 or more; others are ignored. */
  private Forward withLoss(
      Ops ops, Value logits, Value labels, Value weights, List<Value> parameters) {
    Graph graph = ops.graph();
    Value rows = ops.flattenRows(logits);
    Shape places = Shape.of(rows.shape().dim(0));
    Value label = ops.reshape(labels, new long[] {-1}, places.dim(0)).as(places);
    Value weight = ops.reshape(weights, new long[] {-1}, places.dim(0)).as(places);
    Value zero = graph.constant(0f);
    Value noLabel = graph.constant(new long[] {0});
    Value learned = ops.greaterOrEqual(label, noLabel);
    Value counted = ops.where(learned, weight, zero);
    CrossEntropy entropy = CrossEntropy.of(ops, rows, ops.max(label, noLabel), counted);
    // Where a label is ignored, its loss may be infinite, and 0 times that is not 0.
    Value losses = ops.where(learned, ops.mul(entropy.losses(), weight), zero);
    Value loss = ops.identity(ops.reduceSum(losses, false, 0), ports.free(LOSS));
    Value slope = ops.reshape(entropy.slope(), ops.shapeOf(logits), logits.shape());
    return new Forward(graph, ops, logits, loss, slope, parameters);
  }

  private Checkpoint checkpoint() throws IOException {
    List<NamedTensor> trained = named(choice.trained());
    List<NamedTensor> others = named(choice.largeOthers(large));
    return new Checkpoint(trained, others, Optional.empty(), Checkpoint.Properties.none());
  }

  private List<NamedTensor> named(List<DecoderParameter> parameters) throws IOException {
    List<NamedTensor> tensors = new ArrayList<>();
    for (DecoderParameter p : parameters) {
      tensors.add(new NamedTensor(p.name(), p.shape(), tensor(p).bytes()));
    }
    return tensors;
  }

  private StoredTensor tensor(DecoderParameter parameter) {
    return file.initializer(parameter.name()).orElseThrow();
  }
}
