package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.riselm.onnx.OnnxRuntimeException;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.ValueTypes;

/**
 * Turns a file's nodes into a graph's. Types are inferred by ONNX Runtime, which is handed the
 * nodes without the weights; shapes by it and by {@link ShapeInference}, which follows sizes
 * further.
 */
final class GraphReader {
  // Tensors up to here may decide about shapes; ONNX Runtime sees them as it infers.
  private static final long SMALL = 4096;

  private final OnnxFile file;
  private final Map<String, Value> values = new HashMap<>();
  private Optional<String> doubt = Optional.empty();

  GraphReader(OnnxFile file) {
    this.file = file;
  }

  List<Value> inputs() throws IOException {
    List<Value> all = new ArrayList<>();
    for (ValueInfoProto v : file.inputProtos().values()) {
      TypeProto type = v.getType();
      if (!type.hasTensorType()) {
        throw file.refuse("input " + v.getName(), "no tensor", "a tensor");
      }
      TypeProto.Tensor tensor = type.getTensorType();
      List<Dim> dims = new ArrayList<>();
      for (TensorShapeProto.Dimension d : tensor.getShape().getDimList()) {
        if (d.hasDimValue() && d.getDimValue() >= 0) {
          dims.add(Dim.of(d.getDimValue()));
        } else {
          boolean named = d.hasDimParam() && !d.getDimParam().isEmpty();
          dims.add(named ? new Dim.Unknown(d.getDimParam()) : open(v.getName(), dims.size()));
        }
      }
      Shape shape = tensor.hasShape() ? new Shape(dims) : Shape.UNRANKED;
      all.add(new Value(v.getName(), type("input " + v.getName(), tensor.getElemType()), shape));
    }
    return all;
  }

  static Dim open(String value, int axis) {
    return new Dim.Unknown(value + "#" + axis);
  }

  private ElementType type(String where, int code) throws IOException {
    try {
      return ElementType.ofCode(code);
    } catch (IllegalArgumentException e) {
      throw file.refuse(
          where, "ONNX's element type " + code, "a tensor of one of those that are supported");
    }
  }

  OnnxFile.Added addTo(Graph graph, Map<String, Value> given, Collection<String> wanted)
      throws IOException {
    values.putAll(given);
    Map<String, ValueTypes> types = types();
    ShapeInference shapes = new ShapeInference(graph);
    List<NodeProto> nodes = file.model().getGraph().getNodeList();
    Set<NodeProto> needed = needed(nodes, wanted);
    for (int i = 0; i < nodes.size(); i++) {
      NodeProto node = nodes.get(i);
      if (needed.contains(node) && !isConstant(graph, node)) {
        add(graph, node(graph, node, i, types, shapes), shapes);
      }
    }
    for (String name : wanted) {
      value(graph, name);
    }
    return new OnnxFile.Added(values, doubt);
  }

  private static Set<NodeProto> needed(List<NodeProto> nodes, Collection<String> wanted) {
    Set<String> names = new HashSet<>(wanted);
    // By identity: equal protos are not the same node.
    Set<NodeProto> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i).getOutputList().stream().anyMatch(names::contains)) {
        needed.add(nodes.get(i));
        names.addAll(NodeCheck.reads(nodes.get(i)));
      }
    }
    return needed;
  }

  private Value value(Graph graph, String name) throws IOException {
    if (name.isEmpty()) {
      return Value.ABSENT;
    }
    Value known = values.get(name);
    if (known == null) {
      Optional<StoredTensor> tensor = file.initializer(name);
      if (tensor.isEmpty()) {
        throw file.refuse("input " + name, "nothing that stands for it", "a meaning");
      }
      StoredTensor t = tensor.get();
      known = graph.constant(t.name(), t.type(), t.shape(), t.bytes());
      values.put(name, known);
    }
    return known;
  }

  /** Whether a node is a constant; it becomes one of the graph, which rules can look into. */
  private boolean isConstant(Graph graph, NodeProto node) throws IOException {
    boolean constant = node.getOpType().equals("Constant") && node.getAttributeCount() == 1;
    if (!constant || !OnnxFile.isKnownDomain(node.getDomain())) {
      return false;
    }
    AttributeProto a = node.getAttribute(0);
    TensorProto.Builder tensor = TensorProto.newBuilder();
    switch (a.getName()) {
      case "value" -> tensor.mergeFrom(a.getT());
      case "value_float" -> tensor.setDataType(ElementType.FLOAT.code()).addFloatData(a.getF());
      case "value_floats" ->
          tensor
              .setDataType(ElementType.FLOAT.code())
              .addDims(a.getFloatsCount())
              .addAllFloatData(a.getFloatsList());
      case "value_int" -> tensor.setDataType(ElementType.INT64.code()).addInt64Data(a.getI());
      case "value_ints" ->
          tensor
              .setDataType(ElementType.INT64.code())
              .addDims(a.getIntsCount())
              .addAllInt64Data(a.getIntsList());
      default -> {
        return false;
      }
    }
    String name = node.getOutput(0);
    StoredTensor t = new TensorReader(file.path()).read(name, tensor.build());
    values.put(name, graph.constant(name, t.type(), t.shape(), t.bytes()));
    return true;
  }

  private Node node(
      Graph graph, NodeProto proto, int place, Map<String, ValueTypes> types, ShapeInference shapes)
      throws IOException {
    String name = NodeCheck.name(proto, place);
    List<Value> inputs = new ArrayList<>();
    for (String input : proto.getInputList()) {
      inputs.add(value(graph, input));
    }
    List<Value> captured = new ArrayList<>();
    for (String outside : NodeCheck.captured(proto)) {
      captured.add(value(graph, outside));
    }
    List<Value> outputs = new ArrayList<>();
    for (String output : proto.getOutputList()) {
      outputs.add(output.isEmpty() ? Value.ABSENT : typed(name, output, types));
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    proto.getAttributeList().forEach(a -> attributes.put(a.getName(), attribute(a)));
    String domain = proto.getDomain().equals("ai.onnx") ? "" : proto.getDomain();
    Node read = new Node(name, domain, proto.getOpType(), inputs, outputs, attributes, captured);
    try {
      read = shapes.inferred(read);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw file.refuse(
          "node " + name,
          proto.getOpType() + " of " + inputs + ": " + e.getMessage(),
          "shapes that fit each other");
    }
    return read;
  }

  /** Adds {@code node}, or what it computes if that is known: rules can look into constants. */
  private void add(Graph graph, Node node, ShapeInference shapes) {
    Optional<long[]> numbers = shapes.numbers(node);
    if (numbers.isEmpty()) {
      graph.add(node);
      node.outputs().forEach(v -> values.put(v.name(), v));
      return;
    }
    Value known = node.output(0);
    values.put(known.name(), graph.constant(numbers.get(), known.shape().sizes()));
  }

  private Value typed(String node, String output, Map<String, ValueTypes> types)
      throws IOException {
    ValueTypes inferred = types.get(output);
    if (inferred == null) {
      return new Value(output, ElementType.FLOAT, Shape.UNRANKED);
    }
    ElementType type = type("output " + output + " of node " + node, inferred.code());
    if (inferred.shape().isEmpty()) {
      return new Value(output, type, Shape.UNRANKED);
    }
    List<Dim> dims = new ArrayList<>();
    for (long size : inferred.shape().get()) {
      dims.add(size >= 0 ? Dim.of(size) : open(output, dims.size()));
    }
    return new Value(output, type, new Shape(dims));
  }

  private static Attribute attribute(AttributeProto a) {
    return switch (a.getType()) {
      case INT -> new Attribute.Int(a.getI());
      case FLOAT -> new Attribute.Real(a.getF());
      case STRING -> new Attribute.Text(a.getS().toStringUtf8());
      case INTS -> new Attribute.Ints(a.getIntsList());
      default -> new Attribute.Opaque(a);
    };
  }

  /** What ONNX Runtime infers of each value; nothing of those that nodes of other domains make. */
  private Map<String, ValueTypes> types() throws IOException {
    try {
      return ValueTypes.ofOutputs(skeleton(false));
    } catch (OnnxRuntimeException e) {
      try {
        // It does not know one of its own operators: then rules for them are missing, too.
        Map<String, ValueTypes> types = ValueTypes.ofOutputs(skeleton(true));
        doubt = Optional.of(String.valueOf(e.getMessage()));
        return types;
      } catch (OnnxRuntimeException again) {
        throw new IOException(
            file.path() + ": ONNX Runtime does not take this model: " + e.getMessage(), e);
      }
    }
  }

  /**
   * The model without weights, and with every value an output.
   *
   * @param onnxOnly whether nodes of ONNX Runtime's own domain are left out, too
   */
  private byte[] skeleton(boolean onnxOnly) throws IOException {
    GraphProto whole = file.model().getGraph();
    GraphProto.Builder graph = GraphProto.newBuilder().setName("types");
    file.inputProtos().values().forEach(graph::addInput);
    for (StoredTensor t : file.initializers()) {
      Value v = new Value(t.name(), t.type(), t.shape());
      if (t.elements() > SMALL) {
        graph.addInput(ModelWriter.info(v));
      } else {
        graph.addInitializer(ModelWriter.inlineTensor(v, ByteString.copyFrom(t.bytes())));
      }
    }
    for (NodeProto node : whole.getNodeList()) {
      boolean own = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
      if (own || (!onnxOnly && OnnxFile.isKnownDomain(node.getDomain()))) {
        graph.addNode(node);
        node.getOutputList().stream()
            .filter(o -> !o.isEmpty())
            .forEach(o -> graph.addOutput(ValueInfoProto.newBuilder().setName(o)));
      } else {
        node.getOutputList().stream()
            .filter(o -> !o.isEmpty())
            .forEach(o -> graph.addInput(ModelWriter.info(unknown(o))));
      }
    }
    return ModelProto.newBuilder()
        .setIrVersion(Math.max(4, file.model().getIrVersion()))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(file.graphOpset()))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static Value unknown(String name) {
    return new Value(name, ElementType.FLOAT, Shape.UNRANKED);
  }
}
