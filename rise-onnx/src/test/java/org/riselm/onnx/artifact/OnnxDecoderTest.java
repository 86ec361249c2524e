package org.riselm.onnx.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.riselm.onnx.internal.imported.GoldenDecoder.assertClose;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.riselm.onnx.internal.artifact.ArtifactExecutor;
import org.riselm.onnx.internal.artifact.TensorViews;
import org.riselm.onnx.internal.imported.GoldenDecoder;
import org.riselm.onnx.internal.runtime.Binding;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.NativeMemory;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.Port;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.runtime.Tensor;
import org.riselm.onnx.internal.util.Resources;

/** Decoders that others exported compute, and learn, what they do in PyTorch. */
class OnnxDecoderTest {
  @TempDir private Path folder = Path.of("");
  private long openBefore;

  @BeforeEach
  void countOpen() {
    openBefore = NativeMemory.openObjects();
  }

  @AfterEach
  void nothingLeaks() {
    assertEquals(openBefore, NativeMemory.openObjects());
  }

  private static List<String> trained(OnnxDecoder decoder) {
    return decoder.parameters().stream()
        .filter(p -> p.role() == DecoderParameter.Role.TRAINED)
        .map(DecoderParameter::name)
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("org.riselm.onnx.internal.imported.GoldenDecoder#all")
  void everyParameterIsTrainedAndNothingElse(GoldenDecoder golden) throws IOException {
    assertEquals(
        List.copyOf(golden.byName("gradients").keySet()), trained(OnnxDecoder.open(golden.file())));
  }

  @ParameterizedTest
  @MethodSource("org.riselm.onnx.internal.imported.GoldenDecoder#all")
  void logitsLossAndGradientsAreThoseOfPyTorch(GoldenDecoder golden) throws IOException {
    TrainingArtifacts artifacts = OnnxDecoder.open(golden.file()).artifacts(golden.optimizer());
    Map<String, float[]> evaluated = run(golden, artifacts, artifacts.evaluationModel());
    assertClose("logits", golden.logits(), evaluated.get("logits"), 1e-5);
    assertEquals(golden.number("loss"), evaluated.get("loss")[0], 1e-5);
    Map<String, float[]> trained = run(golden, artifacts, withGradients(artifacts));
    assertEquals(golden.number("loss"), trained.get("loss")[0], 1e-5);
    golden
        .byName("gradients")
        .forEach((name, g) -> assertClose(name, g, trained.get(name + "_grad"), 1e-4));
  }

  /** The training graph with its gradients as outputs, for a plain session. */
  private static byte[] withGradients(TrainingArtifacts artifacts) throws IOException {
    ModelProto model = ModelProto.parseFrom(artifacts.trainingModel());
    GraphProto.Builder graph = model.getGraph().toBuilder().clearNode().clearInput();
    model.getGraph().getNodeList().stream()
        .filter(n -> !n.getOpType().equals("InPlaceAccumulatorV2"))
        .forEach(graph::addNode);
    Map<String, ValueInfoProto> inputs = new HashMap<>();
    for (ValueInfoProto v : model.getGraph().getInputList()) {
      if (!v.getName().equals("lazy_reset_grad") && !v.getName().contains("_grad.")) {
        graph.addInput(v);
        inputs.put(v.getName(), v);
      }
    }
    graph.clearOutput().addOutput(model.getGraph().getOutput(0));
    for (NamedTensor p : artifacts.checkpoint().trainable()) {
      graph.addOutput(inputs.get(p.name()).toBuilder().setName(p.name() + "_grad"));
    }
    return model.toBuilder().setGraph(graph).build().toByteArray();
  }

  /** Every output of {@code model} by name, on the golden batch. */
  private static Map<String, float[]> run(
      GoldenDecoder golden, TrainingArtifacts artifacts, byte[] model) {
    long[] shape = {golden.rows(), golden.columns()};
    long[] ids = golden.longs("inputIds");
    long[] positions = new long[ids.length];
    Arrays.setAll(positions, i -> i % golden.columns());
    long[] ones = new long[ids.length];
    Arrays.fill(ones, 1);
    long[] labels = new long[ids.length];
    Arrays.fill(labels, -100);
    float[] weights = new float[ids.length];
    for (int t = 0; t < golden.weights().length; t++) {
      int at = (int) golden.longs("targetPositions")[t];
      labels[at] = golden.longs("targetIds")[t];
      weights[at] = golden.weights()[t];
    }
    Map<String, float[]> found = new LinkedHashMap<>();
    try (Resources r = new Resources()) {
      OnnxSession session = r.add(OnnxSession.load(model, SessionSettings.ofThreads(1)));
      Binding binding = r.add(session.bind());
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put("input_ids", r.add(Tensor.of(ids, shape)));
      inputs.put("attention_mask", r.add(Tensor.of(ones, shape)));
      inputs.put("position_ids", r.add(Tensor.of(positions, shape)));
      inputs.put("labels", r.add(Tensor.of(labels, shape)));
      inputs.put("token_weights", r.add(Tensor.of(weights, shape)));
      for (NamedTensor p : artifacts.checkpoint().trainable()) {
        long[] sizes = p.shape().stream().mapToLong(Long::longValue).toArray();
        Tensor parameter = r.add(Tensor.zeros(ElementType.FLOAT, sizes));
        TensorViews.copy(p, parameter);
        inputs.put(p.name(), parameter);
      }
      session.inputs().forEach(p -> binding.input(p.name(), inputs.get(p.name())));
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      for (Port p : session.outputs()) {
        long[] sizes =
            p.name().equals("logits")
                ? new long[] {shape[0], shape[1], 11}
                : p.shape().stream().mapToLong(Long::longValue).toArray();
        outputs.put(p.name(), r.add(Tensor.zeros(ElementType.FLOAT, sizes)));
        binding.output(p.name(), outputs.get(p.name()));
      }
      binding.run();
      outputs.forEach((name, tensor) -> found.put(name, tensor.toFloats()));
    }
    return found;
  }

  @ParameterizedTest
  @MethodSource("org.riselm.onnx.internal.imported.GoldenDecoder#all")
  void stepsAreThoseOfPyTorch(GoldenDecoder golden) throws IOException {
    OnnxDecoder decoder = OnnxDecoder.open(golden.file());
    Path artifacts = folder.resolve("artifacts");
    decoder.writeArtifacts(artifacts, golden.optimizer());
    double[] losses = golden.losses();
    try (ArtifactExecutor executor = new ArtifactExecutor(artifacts, decoder.artifactInputs(), 1)) {
      for (double expected : losses) {
        assertEquals(expected, executor.accumulate(golden.batch()), 1e-5);
        executor.step(golden.number("rate"));
      }
      executor.writeBack();
    }
    assertTrue(losses[losses.length - 1] < losses[0]);
    Map<String, NamedTensor> after =
        Checkpoint.read(artifacts.resolve(TrainingArtifacts.CHECKPOINT)).trainable().stream()
            .collect(Collectors.toMap(NamedTensor::name, t -> t));
    golden
        .byName("updated")
        .forEach(
            (name, expected) -> {
              float[] found = new float[expected.length];
              after.get(name).floats().get(found);
              assertClose(name, expected, found, 1e-4);
            });
  }
}
