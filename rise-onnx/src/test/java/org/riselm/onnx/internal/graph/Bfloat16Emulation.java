package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * Turns a graph that computes in bfloat16 into one that a CPU runs: every value of bfloat16 becomes
 * one of fp32 that is rounded to bfloat16 where a node puts it out, as a GPU's kernels round.
 * Inputs of bfloat16 become inputs of fp32, whose numbers the caller has rounded.
 */
public final class Bfloat16Emulation {
  private static final int BFLOAT16 = ElementType.BFLOAT16.code();
  private static final int FLOAT = ElementType.FLOAT.code();

  private Bfloat16Emulation() {}

  /** The emulation of {@code graph}, serialized. */
  public static byte[] of(Graph graph) {
    ModelProto model;
    try {
      model = ModelProto.parseFrom(graph.toModel());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    Set<String> halves = new HashSet<>();
    graph
        .nodes()
        .forEach(
            n ->
                n.outputs().stream()
                    .filter(v -> v.type() == ElementType.BFLOAT16)
                    .forEach(v -> halves.add(v.name())));
    GraphProto.Builder emulated = model.getGraph().toBuilder();
    emulated.getInputBuilderList().forEach(Bfloat16Emulation::widen);
    emulated.getOutputBuilderList().forEach(Bfloat16Emulation::widen);
    for (TensorProto.Builder t : emulated.getInitializerBuilderList()) {
      if (t.getDataType() == BFLOAT16) {
        t.setDataType(FLOAT);
        if (t.hasRawData()) {
          t.setRawData(widened(t.getRawData()));
        }
      }
    }
    emulated.clearNode();
    for (NodeProto node : model.getGraph().getNodeList()) {
      NodeProto.Builder raw = node.toBuilder();
      // Kernels that keep a cache write it in place: no node may come between.
      boolean keepsCache = node.getOpType().equals("GroupQueryAttention");
      int rounded = keepsCache ? 1 : node.getOutputCount();
      for (int i = 0; i < rounded; i++) {
        if (halves.contains(node.getOutput(i))) {
          raw.setOutput(i, node.getOutput(i) + "/raw");
        }
      }
      emulated.addNode(raw);
      for (int i = 0; i < rounded; i++) {
        String name = node.getOutput(i);
        if (halves.contains(name)) {
          emulated.addNode(cast(name + "/raw", name + "/half", BFLOAT16));
          emulated.addNode(cast(name + "/half", name, FLOAT));
        }
      }
    }
    return model.toBuilder().setGraph(emulated).build().toByteArray();
  }

  private static void widen(ValueInfoProto.Builder value) {
    if (value.getType().getTensorType().getElemType() == BFLOAT16) {
      value.getTypeBuilder().getTensorTypeBuilder().setElemType(FLOAT);
    }
  }

  private static ByteString widened(ByteString halves) {
    ByteBuffer from = halves.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer to = ByteBuffer.allocate(2 * from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    while (from.hasRemaining()) {
      to.putInt(from.getShort() << 16);
    }
    return ByteString.copyFrom(to.flip());
  }

  private static NodeProto cast(String from, String to, int type) {
    return NodeProto.newBuilder()
        .setName(to + "/cast")
        .setOpType("Cast")
        .addInput(from)
        .addOutput(to)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("to")
                .setType(AttributeProto.AttributeType.INT)
                .setI(type))
        .build();
  }

  /** The nearest number of bfloat16. */
  public static float round(float value) {
    return Float.intBitsToFloat(Bfloat16.of(value) << 16);
  }
}
