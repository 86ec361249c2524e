package org.riselm.onnx.internal.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.autodiff.Differentiator;
import org.riselm.onnx.internal.graph.Dim;
import org.riselm.onnx.internal.graph.Graph;
import org.riselm.onnx.internal.graph.Ops;
import org.riselm.onnx.internal.graph.Shape;
import org.riselm.onnx.internal.graph.Value;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * Artifacts small enough to work out by hand: {@code prediction = x·w + a·b}, {@code loss =
 * Σ(prediction − y)²}, with {@code w} [2, 1] and {@code b} [1] trained and {@code a} [1] frozen.
 */
public final class LinearModel {
  public static final OptimizerModel OPTIMIZER =
      new OptimizerModel(0.9f, 0.999f, 1e-2f, 0.01f, Float.POSITIVE_INFINITY);

  private LinearModel() {}

  static Graph evaluation() {
    Graph graph = new Graph("evaluation");
    Value loss = forward(graph);
    graph.output(loss);
    return graph;
  }

  static Graph training() {
    Graph graph = new Graph("training");
    Value loss = forward(graph);
    List<Value> parameters = graph.inputs().subList(2, 4);
    Map<Value, Value> gradients = Differentiator.gradients(graph, loss, parameters);
    graph.output(loss);
    GradientBuffers.addTo(graph, gradients);
    return graph;
  }

  private static Value forward(Graph graph) {
    Ops ops = new Ops(graph);
    Value x = graph.input("x", ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(2)));
    Value y = graph.input("y", ElementType.FLOAT, Shape.of(Dim.of("batch"), Dim.of(1)));
    Value w = graph.input("w", ElementType.FLOAT, Shape.of(2, 1));
    Value b = graph.input("b", ElementType.FLOAT, Shape.of(1));
    Value a = graph.input("a", ElementType.FLOAT, Shape.of(1));
    Value prediction = ops.identity(ops.add(ops.matMul(x, w), ops.mul(a, b)), "prediction");
    Value error = ops.sub(prediction, y);
    return ops.identity(ops.reduceSum(ops.mul(error, error), false, 0, 1), "loss");
  }

  public static Checkpoint checkpoint() {
    return new Checkpoint(
        List.of(
            NamedTensor.of("w", List.of(2L, 1L), 0.5f, -0.25f),
            NamedTensor.of("b", List.of(1L), 0.125f)),
        List.of(NamedTensor.of("a", List.of(1L), 2)),
        Optional.empty(),
        new Checkpoint.Properties(
            Map.of("epoch", 3L), Map.of("best", 0.5f), Map.of("note", "linear")));
  }

  public static ArtifactFiles artifacts() {
    return artifacts(OPTIMIZER);
  }

  public static ArtifactFiles artifacts(OptimizerModel optimizer) {
    return ArtifactFiles.of(training(), evaluation(), optimizer, checkpoint());
  }

  /** Writes {@link #artifacts()} to a new folder below {@code parent}. */
  public static Path write(Path parent) throws IOException {
    Path folder = Files.createTempDirectory(parent, "linear");
    artifacts().write(folder);
    return folder;
  }
}
