package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts a graph into ONNX's protobuf classes. Equal graphs give equal bytes. */
final class ModelWriter {
  private static final int IR_VERSION = 8;

  private ModelWriter() {}

  static ModelProto model(
      String name,
      int opset,
      List<Value> inputs,
      List<Value> outputs,
      List<Node> nodes,
      Collection<Value> initializers,
      Map<String, TensorProto> data) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName(name);
    inputs.forEach(v -> graph.addInput(info(v)));
    outputs.forEach(v -> graph.addOutput(info(v)));
    for (Value v : initializers) {
      TensorProto tensor = data.get(v.name());
      if (tensor == null) {
        throw new IllegalStateException("initializer " + v.name() + " has no data");
      }
      graph.addInitializer(tensor);
    }
    nodes.forEach(n -> graph.addNode(node(n)));
    ModelProto.Builder model = ModelProto.newBuilder();
    Set<String> others = new TreeSet<>();
    addDomains(graph, others);
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset));
    others.forEach(
        domain ->
            model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1)));
    return model.setIrVersion(IR_VERSION).setProducerName("rise").setGraph(graph).build();
  }

  /** Adds the domains beside ONNX's own that the nodes of {@code graph} and below it have. */
  private static void addDomains(GraphProto.Builder graph, Set<String> domains) {
    for (NodeProto node : graph.getNodeList()) {
      if (!OnnxFile.isOwnDomain(node.getDomain())) {
        domains.add(node.getDomain());
      }
      for (AttributeProto attribute : node.getAttributeList()) {
        addDomains(attribute.getG().toBuilder(), domains);
        attribute.getGraphsList().forEach(g -> addDomains(g.toBuilder(), domains));
      }
    }
  }

  static TensorProto inlineTensor(Value v, ByteString raw) {
    return header(v).setRawData(raw).build();
  }

  static TensorProto externalTensor(Value v) {
    if (!v.shape().isFixed()) {
      throw new IllegalArgumentException("initializer " + v + " needs a fixed shape");
    }
    // The location is never opened: the tensor is handed over by name when the graph is loaded.
    return header(v)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", "handed-over"))
        .build();
  }

  static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  static TensorProto tensor(Value v, InitializerData place) {
    if (place instanceof InitializerData.InFile in) {
      return header(v)
          .setDataLocation(TensorProto.DataLocation.EXTERNAL)
          .addExternalData(entry("location", in.file()))
          .addExternalData(entry("offset", Long.toString(in.offset())))
          .addExternalData(entry("length", Long.toString(in.length())))
          .build();
    }
    InitializerData.Inline inline = (InitializerData.Inline) place;
    return inlineTensor(v, ByteString.copyFrom(inline.bytes().duplicate()));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static TensorProto.Builder header(Value v) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(v.name()).setDataType(v.type().code());
    for (long d : v.shape().sizes()) {
      tensor.addDims(d);
    }
    return tensor;
  }

  static ValueInfoProto info(Value v) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(v.type().code());
    if (v.shape().isRanked()) {
      tensor.setShape(shape(v.shape()));
    }
    return ValueInfoProto.newBuilder()
        .setName(v.name())
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static TensorShapeProto shape(Shape known) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Dim d : known.dims()) {
      TensorShapeProto.Dimension.Builder dim = TensorShapeProto.Dimension.newBuilder();
      if (d instanceof Dim.Fixed f) {
        dim.setDimValue(f.size());
      } else {
        dim.setDimParam(d.toString());
      }
      shape.addDim(dim);
    }
    return shape.build();
  }

  private static NodeProto node(Node n) {
    NodeProto.Builder node =
        NodeProto.newBuilder().setName(n.name()).setDomain(n.domain()).setOpType(n.operator());
    n.inputs().forEach(v -> node.addInput(v.name()));
    n.outputs().forEach(v -> node.addOutput(v.name()));
    new TreeMap<>(n.attributes()).forEach((key, value) -> node.addAttribute(attribute(key, value)));
    return node.build();
  }

  private static AttributeProto attribute(String name, Attribute attribute) {
    AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
    if (attribute instanceof Attribute.Int i) {
      proto.setType(AttributeProto.AttributeType.INT).setI(i.value());
    } else if (attribute instanceof Attribute.Real r) {
      proto.setType(AttributeProto.AttributeType.FLOAT).setF(r.value());
    } else if (attribute instanceof Attribute.Text t) {
      proto.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(t.value()));
    } else if (attribute instanceof Attribute.Ints is) {
      proto.setType(AttributeProto.AttributeType.INTS).addAllInts(is.values());
    } else if (attribute instanceof Attribute.Opaque o) {
      return o.proto();
    }
    return proto.build();
  }
}
