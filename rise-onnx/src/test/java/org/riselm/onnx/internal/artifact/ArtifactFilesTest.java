package org.riselm.onnx.internal.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.riselm.onnx.artifact.ArtifactException;
import org.riselm.onnx.artifact.Checkpoint;
import org.riselm.onnx.artifact.NamedTensor;
import org.riselm.onnx.internal.graph.Graph;

class ArtifactFilesTest {
  private static final String TRAINING = ArtifactFiles.TRAINING_MODEL;
  private static final String EVALUATION = ArtifactFiles.EVAL_MODEL;
  private static final String OPTIMIZER = ArtifactFiles.OPTIMIZER_MODEL;

  @TempDir private Path parent = Path.of("");

  @Test
  void whatIsWrittenIsRead() {
    Path folder = parent.resolve("artifacts");
    ArtifactFiles written = LinearModel.artifacts();
    written.write(folder);
    ArtifactFiles read = ArtifactFiles.read(folder);
    assertArrayEquals(written.trainingModel(), read.trainingModel());
    assertArrayEquals(written.evaluationModel(), read.evaluationModel());
    assertArrayEquals(written.optimizerModel(), read.optimizerModel());
    assertEquals(written.checkpoint(), read.checkpoint());
  }

  @Test
  void aFolderInUseIsLeftAlone() throws IOException {
    Path folder = LinearModel.write(parent);
    Path mine = folder.resolve("mine");
    Files.writeString(mine, "mine");
    ArtifactFiles artifacts = LinearModel.artifacts();
    refused(() -> artifacts.write(folder), folder.toString(), "a folder with files in it");
    assertEquals("mine", Files.readString(mine));
    try (Stream<Path> files = Files.list(parent)) {
      assertEquals(List.of(folder), files.toList());
    }
  }

  @Test
  void aMissingFolderIsNamed() {
    Path nowhere = parent.resolve("nowhere");
    refused(() -> ArtifactFiles.read(nowhere), "nowhere", "found no folder", "eval_model.onnx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"training_model.onnx", "eval_model.onnx", "optimizer_model.onnx"})
  void missingAndMalformedFilesAreNamed(String name) throws IOException {
    Path folder = LinearModel.write(parent);
    Path file = folder.resolve(name);
    byte[] good = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(good, good.length - 1));
    refused(() -> ArtifactFiles.read(folder), name, "found bytes that are no ONNX model");
    Files.write(file, new byte[0]);
    refused(() -> ArtifactFiles.read(folder), name, "graph: found none");
    Files.delete(file);
    refused(() -> ArtifactFiles.read(folder), name, "found no file");
  }

  @Test
  void aMissingCheckpointIsNamed() throws IOException {
    Path folder = LinearModel.write(parent);
    Files.delete(folder.resolve(ArtifactFiles.CHECKPOINT));
    refused(() -> ArtifactFiles.read(folder), "checkpoint", "found no file");
  }

  /** A file, a change to its graph, and what the refusal must say. */
  static Stream<Arguments> violations() {
    return Stream.of(
        violation(
            TRAINING,
            g -> removeInput(g, "lazy_reset_grad"),
            "input lazy_reset_grad: found no such input"),
        violation(TRAINING, g -> removeInput(g, "w"), "input w: found no such input", "trainable"),
        violation(
            TRAINING,
            g -> {
              removeInput(g, "w");
              g.addInitializer(TensorProto.newBuilder().setName("w"));
            },
            "input w: found an initializer of that name"),
        violation(
            TRAINING,
            g -> g.addInitializer(TensorProto.newBuilder().setName("w")),
            "input w: found an initializer of that name"),
        violation(TRAINING, g -> g.addInput(input(g, "w")), "input w: found two of that name"),
        violation(
            TRAINING,
            g -> dimension(g, "w", Dimension.newBuilder().setDimParam("rows")),
            "input w: found FLOAT[rows, 1], expected FLOAT[2, 1]"),
        violation(
            TRAINING,
            g -> dimension(g, "a", Dimension.newBuilder().setDimValue(7)),
            "input a: found FLOAT[7], expected FLOAT[1]"),
        violation(TRAINING, g -> type(g, "b", 11), "input b: found DOUBLE[1], expected FLOAT[1]"),
        violation(
            TRAINING,
            g -> removeInput(g, "w_grad.accumulation.buffer"),
            "input w_grad.accumulation.buffer: found no such input"),
        violation(
            TRAINING,
            g -> type(g, "w_grad.accumulation.buffer", 10),
            "input w_grad.accumulation.buffer: found FLOAT16[2, 1], expected FLOAT[2, 1]"),
        violation(
            TRAINING,
            g -> rename(g, "y", "target_grad"),
            "input target_grad: found a name that makes it the gradient of target"),
        violation(
            TRAINING,
            g -> rename(g, "y", "a_grad.accumulation.buffer"),
            "input a_grad.accumulation.buffer: found a name that makes it the gradient of a"),
        violation(
            TRAINING,
            g -> rename(g, "y", "w_grad"),
            "input w_grad: found the ending _grad, expected for an input, "
                + "w_grad.accumulation.buffer"),
        violation(
            TRAINING,
            g -> removeOutput(g, "b_grad.accumulation.out"),
            "output b_grad.accumulation.out: found no such output"),
        violation(
            TRAINING,
            g -> g.addOutput(ValueInfoProto.newBuilder().setName("w_grad")),
            "output w_grad: found a name that makes it a gradient"),
        violation(TRAINING, g -> removeOutput(g, "loss"), "outputs: found gradients only"),
        violation(
            TRAINING,
            g -> accumulator(g, "w").setOpType("InPlaceAccumulator"),
            "node of output w_grad.accumulation.out: found com.microsoft.InPlaceAccumulator,",
            "expected com.microsoft.InPlaceAccumulatorV2"),
        violation(
            TRAINING,
            g -> accumulator(g, "w").setInput(0, "b_grad.accumulation.buffer"),
            "node of output w_grad.accumulation.out: found",
            "of [b_grad.accumulation.buffer, w_grad, lazy_reset_grad]",
            "expected [w_grad.accumulation.buffer, the gradient, lazy_reset_grad]"),
        violation(
            EVALUATION,
            g -> removeInput(g, "b"),
            "parameters among the inputs: found a as number 1, expected b as number 1"),
        violation(
            EVALUATION,
            g -> removeInput(g, "a"),
            "found nothing as number 2, expected a as number 2"),
        violation(
            EVALUATION,
            g -> {
              ValueInfoProto w = input(g, "w");
              removeInput(g, "w");
              g.addInput(w);
            },
            "found b as number 0, expected w as number 0"),
        violation(
            EVALUATION,
            g -> type(g, "w", 10),
            "input w: found FLOAT16[2, 1], expected FLOAT[2, 1]"),
        violation(
            EVALUATION,
            g -> rename(g, "y", "y_grad"),
            "input y_grad: found a name that makes it a gradient"),
        violation(
            OPTIMIZER,
            g -> removeInput(g, "second_order_moments"),
            "inputs: found [learning_rate, step, params, gradients, first_order_moments]"),
        violation(
            OPTIMIZER,
            g -> {
              rename(g, "params", "p");
              rename(g, "gradients", "params");
              rename(g, "p", "gradients");
            },
            "inputs: found [learning_rate, step, gradients, params"),
        violation(
            OPTIMIZER, g -> type(g, "step", 6), "step: found INT32[1], expected a tensor of INT64"),
        violation(
            OPTIMIZER,
            g -> {
              int i = indexOf(g, "params");
              g.setInput(i, input(g, "learning_rate").toBuilder().setName("params"));
            },
            "params: found FLOAT[1], expected a sequence of tensors of FLOAT"),
        violation(
            OPTIMIZER,
            g -> g.getNodeBuilder(0).setOpType("SGDOptimizerV2"),
            "nodes: found 0 of AdamWOptimizer, expected one"),
        violation(
            OPTIMIZER,
            g -> g.addNode(g.getNode(0)),
            "nodes: found 2 of AdamWOptimizer, expected one"),
        violation(OPTIMIZER, g -> g.clearOutput(), "outputs: found none"));
  }

  private static Arguments violation(
      String file, Consumer<GraphProto.Builder> change, String... parts) {
    return arguments(file, change, List.of(parts));
  }

  @ParameterizedTest
  @MethodSource("violations")
  void violationsAreNamed(String name, Consumer<GraphProto.Builder> change, List<String> parts)
      throws IOException {
    Path folder = LinearModel.write(parent);
    Path file = folder.resolve(name);
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    change.accept(model.getGraphBuilder());
    Files.write(file, model.build().toByteArray());
    refused(
        () -> ArtifactFiles.read(folder),
        Stream.concat(Stream.of(file.toString()), parts.stream()).toArray(String[]::new));
  }

  @Test
  void aParameterThatTheGraphLacksIsNamedBeforeAnythingIsWritten() {
    Graph training = LinearModel.training();
    Graph evaluation = LinearModel.evaluation();
    Checkpoint more =
        new Checkpoint(
            List.of(
                NamedTensor.of("w", List.of(2L, 1L), 1, 1),
                NamedTensor.of("b", List.of(1L), 1),
                NamedTensor.of("c", List.of(1L), 1)),
            List.of(),
            Optional.empty(),
            Checkpoint.Properties.none());
    refused(
        () -> ArtifactFiles.of(training, evaluation, LinearModel.OPTIMIZER, more),
        "training_model.onnx: input c: found no such input");
  }

  @Test
  void damagedModelsAreReadOrRefused() throws IOException {
    Path folder = LinearModel.write(parent);
    SplittableRandom random = new SplittableRandom(1);
    for (String name : List.of(TRAINING, EVALUATION, OPTIMIZER)) {
      Path file = folder.resolve(name);
      byte[] good = Files.readAllBytes(file);
      for (int i = 0; i < 200; i++) {
        byte[] bad = good.clone();
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bad);
        try {
          ArtifactFiles.read(folder);
        } catch (ArtifactException e) {
          assertTrue(String.valueOf(e.getMessage()).contains(".onnx"), e.getMessage());
        }
      }
      Files.write(file, good);
    }
  }

  private static void refused(Runnable action, String... parts) {
    String message =
        String.valueOf(assertThrows(ArtifactException.class, action::run).getMessage());
    for (String part : parts) {
      assertTrue(message.contains(part), message + "\nhas no\n" + part);
    }
  }

  private static int indexOf(GraphProto.Builder g, String name) {
    return g.getInputList().stream().map(ValueInfoProto::getName).toList().indexOf(name);
  }

  private static ValueInfoProto input(GraphProto.Builder g, String name) {
    return g.getInput(indexOf(g, name));
  }

  private static void removeInput(GraphProto.Builder g, String name) {
    g.removeInput(indexOf(g, name));
  }

  private static void removeOutput(GraphProto.Builder g, String name) {
    g.removeOutput(g.getOutputList().stream().map(ValueInfoProto::getName).toList().indexOf(name));
  }

  private static void rename(GraphProto.Builder g, String from, String to) {
    g.getInputBuilder(indexOf(g, from)).setName(to);
  }

  private static TypeProto.Tensor.Builder tensorType(GraphProto.Builder g, String name) {
    return g.getInputBuilder(indexOf(g, name)).getTypeBuilder().getTensorTypeBuilder();
  }

  private static void type(GraphProto.Builder g, String name, int code) {
    tensorType(g, name).setElemType(code);
  }

  private static void dimension(GraphProto.Builder g, String name, Dimension.Builder dimension) {
    tensorType(g, name).getShapeBuilder().setDim(0, dimension);
  }

  private static NodeProto.Builder accumulator(GraphProto.Builder g, String parameter) {
    return g.getNodeBuilderList().stream()
        .filter(n -> n.getOutputList().contains(parameter + "_grad.accumulation.out"))
        .findFirst()
        .orElseThrow();
  }
}
