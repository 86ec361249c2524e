package org.riselm.onnx.internal.imported;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.riselm.onnx.internal.runtime.ElementType;

/** A file with a decoder of a few nodes: an embedding, what a test puts behind it, and a head. */
final class TinyOnnx {
  static final int VOCABULARY = 5;
  static final int HIDDEN = 4;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tiny");

  TinyOnnx() {
    input("input_ids", ElementType.INT64, "batch", "sequence");
    weights("embedding", VOCABULARY, HIDDEN);
    floats("head", transposed("embedding"), HIDDEN, VOCABULARY);
    node("embed", "Gather", "hidden", "embedding", "input_ids");
  }

  void input(String name, ElementType type, Object... sizes) {
    graph.addInput(value(name, type, sizes));
  }

  private static ValueInfoProto value(String name, ElementType type, Object... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object size : sizes) {
      if (size instanceof Integer n) {
        shape.addDimBuilder().setDimValue(n);
      } else {
        shape.addDimBuilder().setDimParam(size.toString());
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.code()).setShape(shape)))
        .build();
  }

  /** An initializer of different numbers. */
  void weights(String name, int... shape) {
    int n = 1;
    for (int size : shape) {
      n *= size;
    }
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) Math.sin(1.7 * i + n) / 2;
    }
    floats(name, values, shape);
  }

  private float[] transposed(String name) {
    TensorProto tensor =
        graph.getInitializerList().stream()
            .filter(t -> t.getName().equals(name))
            .findFirst()
            .orElseThrow();
    float[] values = new float[tensor.getFloatDataCount()];
    int rows = (int) tensor.getDims(0);
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.getFloatData(i % rows * (values.length / rows) + i / rows);
    }
    return values;
  }

  void floats(String name, float[] values, int... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(ElementType.FLOAT.code());
    for (int size : shape) {
      tensor.addDims(size);
    }
    for (float v : values) {
      tensor.addFloatData(v);
    }
    graph.addInitializer(tensor);
  }

  void longs(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(ElementType.INT64.code())
            .addDims(values.length);
    for (long v : values) {
      tensor.addInt64Data(v);
    }
    graph.addInitializer(tensor);
  }

  NodeProto.Builder node(String name, String operator, String output, String... inputs) {
    int dot = operator.lastIndexOf('.');
    return graph
        .addNodeBuilder()
        .setName(name)
        .setDomain(dot < 0 ? "" : operator.substring(0, dot))
        .setOpType(operator.substring(dot + 1))
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(com.google.protobuf.ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto number(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto branch(String name, NodeProto node, String output) {
    GraphProto branch =
        GraphProto.newBuilder()
            .setName(name)
            .addNode(node)
            .addOutput(value(output, ElementType.FLOAT, "batch", "sequence", HIDDEN))
            .build();
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(branch)
        .build();
  }

  /** The file, with {@code hidden} before the head. */
  Path write(Path folder, String hidden) throws IOException {
    node("last", "MatMul", "logits", hidden, "head");
    graph.addOutput(value("logits", ElementType.FLOAT, "batch", "sequence", VOCABULARY));
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("custom").setVersion(1))
            .setGraph(graph)
            .build();
    return Files.write(folder.resolve("tiny.onnx"), model.toByteArray());
  }
}
