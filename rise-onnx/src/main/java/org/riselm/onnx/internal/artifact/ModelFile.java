package org.riselm.onnx.internal.artifact;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.riselm.onnx.artifact.ArtifactException;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Port;

/** An ONNX graph and the file that it is from or for, which every refusal names. */
public final class ModelFile {
  private final Path file;
  private final byte[] bytes;
  private final List<NodeProto> nodes;
  private final Map<String, ValueInfoProto> inputs;
  private final Map<String, ValueInfoProto> outputs;
  private final Set<String> initializers = new HashSet<>();

  public ModelFile(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
    ModelProto model;
    try {
      model = ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new ArtifactException(
          file,
          "found bytes that are no ONNX model (%s), expected one".formatted(e.getMessage()),
          e);
    }
    if (!model.hasGraph()) {
      throw refuse("graph", "none", "an ONNX model with a graph");
    }
    nodes = model.getGraph().getNodeList();
    for (TensorProto t : model.getGraph().getInitializerList()) {
      initializers.add(t.getName());
    }
    inputs = named("input", model.getGraph().getInputList());
    inputs.keySet().removeAll(initializers); // As ONNX has it: those are constants with a default.
    outputs = named("output", model.getGraph().getOutputList());
  }

  private Map<String, ValueInfoProto> named(String what, List<ValueInfoProto> values) {
    Map<String, ValueInfoProto> named = new LinkedHashMap<>();
    for (ValueInfoProto v : values) {
      if (named.put(v.getName(), v) != null) {
        throw refuse(what + " " + v.getName(), "two of that name", "one");
      }
    }
    return named;
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /** Without those that have an initializer; in order. */
  public Map<String, ValueInfoProto> inputs() {
    return Collections.unmodifiableMap(inputs);
  }

  /** In order. */
  public Map<String, ValueInfoProto> outputs() {
    return Collections.unmodifiableMap(outputs);
  }

  List<NodeProto> nodes() {
    return nodes;
  }

  /**
   * What {@code value}, a tensor, is.
   *
   * @throws ArtifactException if it is no tensor, of a type that there is not, or of any rank
   */
  public Port port(ValueInfoProto value) {
    TypeProto type = value.getType();
    if (!type.hasTensorType() || !type.getTensorType().hasShape()) {
      throw refuse(value.getName(), describe(type), "a tensor with a shape");
    }
    TypeProto.Tensor tensor = type.getTensorType();
    List<Long> shape =
        tensor.getShape().getDimList().stream()
            .map(d -> d.hasDimValue() ? d.getDimValue() : -1L)
            .toList();
    try {
      return new Port(value.getName(), ElementType.ofCode(tensor.getElemType()), shape);
    } catch (IllegalArgumentException e) {
      throw refuse(value.getName(), describe(type), "one of the types that are supported");
    }
  }

  ArtifactException refuse(String where, String found, String expected) {
    return new ArtifactException(file, where, found, expected);
  }

  void requireInput(String name, String meaning) {
    if (!inputs.containsKey(name)) {
      throw refuse(
          "input " + name,
          initializers.contains(name) ? "an initializer of that name" : "no such input",
          "an input: " + meaning);
    }
  }

  /** Requires a tensor of this element type and shape, written as {@code FLOAT[2, 3]}. */
  void requireType(String what, ValueInfoProto value, String expected) {
    String found = describe(value.getType());
    if (!found.equals(expected)) {
      throw refuse(what + " " + value.getName(), found, expected);
    }
  }

  /** Requires a tensor, or a sequence of tensors, of this element type and any shape. */
  void requireElement(ValueInfoProto value, ElementType element, boolean sequence) {
    TypeProto type = value.getType();
    if (type.hasSequenceType() == sequence) {
      TypeProto tensor = sequence ? type.getSequenceType().getElemType() : type;
      if (tensor.hasTensorType() && tensor.getTensorType().getElemType() == element.code()) {
        return;
      }
    }
    throw refuse(
        value.getName(),
        describe(type),
        (sequence ? "a sequence of tensors of " : "a tensor of ") + element);
  }

  static String describe(NodeProto node) {
    return node.getDomain().isEmpty()
        ? node.getOpType()
        : node.getDomain() + "." + node.getOpType();
  }

  private static String describe(TypeProto type) {
    if (type.hasSequenceType()) {
      return "a sequence of " + describe(type.getSequenceType().getElemType());
    }
    if (!type.hasTensorType()) {
      return "no tensor";
    }
    TypeProto.Tensor tensor = type.getTensorType();
    if (!tensor.hasShape()) {
      return element(tensor.getElemType()) + " of any shape";
    }
    return element(tensor.getElemType())
        + tensor.getShape().getDimList().stream().map(ModelFile::describe).toList();
  }

  private static String describe(Dimension dimension) {
    return dimension.hasDimValue()
        ? Long.toString(dimension.getDimValue())
        : dimension.hasDimParam() ? dimension.getDimParam() : "?";
  }

  private static String element(int code) {
    for (ElementType type : ElementType.values()) {
      if (type.code() == code) {
        return type.toString();
      }
    }
    return "ONNX type " + code;
  }
}
