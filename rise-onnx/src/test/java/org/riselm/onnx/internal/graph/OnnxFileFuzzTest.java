package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.riselm.onnx.Fuzz;
import org.riselm.onnx.GoldenModel;

/** Damaged models end in an error that names the file. */
class OnnxFileFuzzTest {
  private static final String DATA = "llama-dynamo.onnx.data";

  @TempDir Path folder;

  private static Path resource(String name) {
    return Path.of(URI.create(GoldenModel.class.getResource("decoders/" + name).toString()));
  }

  @Test
  void damagedModels() throws IOException {
    Files.copy(resource(DATA), folder.resolve(DATA));
    byte[] beside = Files.readAllBytes(resource("llama-dynamo.onnx"));
    byte[] inside = Files.readAllBytes(resource("gpt2-dynamo.onnx"));
    Path file = folder.resolve("model.onnx");
    Fuzz.run(
        file,
        random -> {
          byte[] bytes = random.nextBoolean() ? beside : inside;
          bytes = random.nextInt(3) == 0 ? bytes : wrong(random, bytes);
          bytes = random.nextInt(3) == 0 ? Fuzz.damaged(random, bytes) : bytes;
          Files.write(file, bytes);
          OnnxFile read = OnnxFile.read(file);
          read.inputs();
          for (StoredTensor t : read.initializers()) {
            if (t.bytes().remaining() != t.elements() * t.type().bytes()) {
              throw new AssertionError(t + " has " + t.bytes().remaining() + " bytes");
            }
          }
        });
  }

  /** A well-formed model with something in it that cannot be. */
  private static byte[] wrong(SplittableRandom random, byte[] bytes) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(bytes).toBuilder();
    GraphProto.Builder graph = model.getGraphBuilder();
    TensorProto.Builder tensor =
        graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
    NodeProto.Builder node = graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
    switch (random.nextInt(10)) {
      case 0 -> model.setIrVersion(Fuzz.oneOf(random, 0L, 1L, 8L, 99L, -1L, Long.MAX_VALUE));
      case 1 ->
          model
              .clearOpsetImport()
              .addOpsetImport(
                  OperatorSetIdProto.newBuilder()
                      .setDomain(Fuzz.oneOf(random, "", "ai.onnx", "other"))
                      .setVersion(Fuzz.oneOf(random, 0L, 12L, 13L, 18L, 99L, -1L)));
      case 2 -> tensor.addDims(Fuzz.oneOf(random, 1L, 2L, -1L, Long.MAX_VALUE, 1L << 40));
      case 3 -> tensor.setDataType(random.nextInt(-2, 30));
      case 4 ->
          tensor
              .clearRawData()
              .clearExternalData()
              .setDataLocation(TensorProto.DataLocation.EXTERNAL)
              .addExternalData(
                  entry(
                      "location",
                      Fuzz.oneOf(
                          random, "../x", "/etc/passwd", "", ".", DATA, "a\0b", "a/../../b")))
              .addExternalData(
                  entry(
                      "offset",
                      Fuzz.oneOf(random, "0", "-1", "9223372036854775807", "x", "99999")));
      case 5 -> tensor.setName(graph.getInitializer(0).getName());
      case 6 -> node.addInput(Fuzz.oneOf(random, "", "nowhere", node.getOutput(0)));
      case 7 -> node.addOutput(Fuzz.oneOf(random, "", "new", graph.getNode(0).getOutput(0)));
      case 8 -> graph.addOutputBuilder().setName(Fuzz.oneOf(random, "nowhere", "input_ids"));
      default -> graph.getInputBuilder(0).setName(Fuzz.oneOf(random, "", "attention_mask"));
    }
    return model.build().toByteArray();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
