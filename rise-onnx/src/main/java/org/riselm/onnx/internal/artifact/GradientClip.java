package org.riselm.onnx.internal.artifact;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import org.riselm.onnx.internal.runtime.ElementType;

/**
 * Scales a sequence of gradients down to a global norm.
 *
 * <p>ONNX Runtime has an operator for it, {@code InplaceClipGradNorm}, which adds up the squares in
 * the sequence's order. That is the order of a hash table that differs from session to session, and
 * so did the last bits of what was learned. Here the tensors' squares are sorted before they are
 * added, so that the same gradients always give the same bits.
 */
public final class GradientClip {
  // As InplaceClipGradNorm and PyTorch's clip_grad_norm_ have it.
  private static final float EPSILON = 1e-6f;

  private GradientClip() {}

  /** Adds the nodes, and gives the name of the sequence of clipped gradients. */
  public static String addTo(GraphProto.Builder graph, String gradients, float maxNorm) {
    graph
        .addInitializer(floats("max_norm", maxNorm))
        .addInitializer(floats("norm_epsilon", EPSILON))
        .addInitializer(floats("one", 1));
    GraphProto square =
        GraphProto.newBuilder()
            .setName("square")
            .addInput(tensor("gradient"))
            .addOutput(tensor("squares"))
            .addNode(node("Flatten", "flat", "gradient").addAttribute(whole("axis", 0)))
            .addNode(node("ReduceSumSquare", "sum", "flat").addAttribute(whole("keepdims", 0)))
            .addInitializer(longs("front", 0))
            .addNode(node("Unsqueeze", "squares", "sum", "front"))
            .build();
    GraphProto scale =
        GraphProto.newBuilder()
            .setName("scale")
            .addInput(tensor("long_gradient"))
            .addInput(tensor("by"))
            .addOutput(tensor("short_gradient"))
            .addNode(node("Mul", "short_gradient", "long_gradient", "by"))
            .build();
    graph
        .addNode(node("SequenceMap", "all_squares", gradients).addAttribute(body(square)))
        .addNode(
            node("ConcatFromSequence", "squares_list", "all_squares")
                .addAttribute(whole("axis", 0)))
        .addNode(node("Shape", "squares_count", "squares_list"))
        .addNode(
            node("TopK", "sorted_squares", "squares_list", "squares_count")
                .addOutput("sorted_places"))
        .addNode(node("ReduceSum", "square_norm", "sorted_squares"))
        .addNode(node("Sqrt", "norm", "square_norm"))
        .addNode(node("Add", "safe_norm", "norm", "norm_epsilon"))
        .addNode(node("Div", "norm_ratio", "max_norm", "safe_norm"))
        .addNode(node("Min", "clip", "norm_ratio", "one"))
        .addNode(
            node("SequenceMap", "clipped_gradients", gradients, "clip").addAttribute(body(scale)));
    return "clipped_gradients";
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addAllInput(Arrays.asList(inputs))
        .addOutput(output);
  }

  private static AttributeProto body(GraphProto graph) {
    return AttributeProto.newBuilder()
        .setName("body")
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  private static AttributeProto whole(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static TensorProto floats(String name, float value) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(ElementType.FLOAT.code())
        .addDims(1)
        .addFloatData(value)
        .build();
  }

  private static TensorProto longs(String name, long value) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(ElementType.INT64.code())
        .addDims(1)
        .addInt64Data(value)
        .build();
  }

  private static ValueInfoProto tensor(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.code())))
        .build();
  }
}
