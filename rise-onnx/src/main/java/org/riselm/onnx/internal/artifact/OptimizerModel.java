package org.riselm.onnx.internal.artifact;

import static org.riselm.onnx.internal.artifact.TrainingNames.ADAM_W;
import static org.riselm.onnx.internal.artifact.TrainingNames.DOMAIN;
import static org.riselm.onnx.internal.artifact.TrainingNames.FIRST_MOMENTS;
import static org.riselm.onnx.internal.artifact.TrainingNames.GRADIENTS;
import static org.riselm.onnx.internal.artifact.TrainingNames.LEARNING_RATE;
import static org.riselm.onnx.internal.artifact.TrainingNames.PARAMETERS;
import static org.riselm.onnx.internal.artifact.TrainingNames.SECOND_MOMENTS;
import static org.riselm.onnx.internal.artifact.TrainingNames.STEP;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.train.AdamW;

/**
 * The settings of {@code optimizer_model.onnx}: AdamW with bias correction and decoupled decay, as
 * PyTorch's, behind an optional clip of the gradients' global norm. The learning rate is an input,
 * and one weight decay holds for all parameters.
 *
 * @param beta1 how much of the running mean stays; in [0, 1)
 * @param beta2 how much of the running mean of squares stays; in [0, 1)
 * @param epsilon added to the root of the mean of squares; above 0
 * @param weightDecay the share of a parameter, times the learning rate, that each update takes off;
 *     0 or more
 * @param maxGradientNorm to which longer gradients are scaled down; above 0, positive infinity for
 *     no limit
 */
public record OptimizerModel(
    float beta1, float beta2, float epsilon, float weightDecay, float maxGradientNorm) {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  public OptimizerModel {
    require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "one in [0, 1)");
    require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "one in [0, 1)");
    require(epsilon > 0 && Float.isFinite(epsilon), "epsilon", epsilon, "one above 0");
    require(
        weightDecay >= 0 && Float.isFinite(weightDecay), "weightDecay", weightDecay, "0 or more");
    require(maxGradientNorm > 0, "maxGradientNorm", maxGradientNorm, "one above 0");
  }

  private static void require(boolean holds, String name, float found, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s: found %s, expected %s".formatted(name, found, expected));
    }
  }

  /**
   * Returns the settings of {@code optimizer}.
   *
   * @throws IllegalArgumentException if some parameters only are to shrink: ONNX Runtime's AdamW
   *     has one weight decay for all
   */
  public static OptimizerModel of(AdamW optimizer) {
    if (optimizer.decay() != AdamW.Decay.ALL && optimizer.weightDecay() != 0) {
      throw new IllegalArgumentException(
          "found weight decay %s for %s, expected it for ALL, or 0: the optimizer of ONNX Runtime's training has one weight decay for all parameters"
              .formatted(optimizer.weightDecay(), optimizer.decay()));
    }
    double norm = optimizer.maxGradientNorm();
    return new OptimizerModel(
        (float) optimizer.beta1(),
        (float) optimizer.beta2(),
        (float) optimizer.epsilon(),
        (float) optimizer.weightDecay(),
        norm == 0 ? Float.POSITIVE_INFINITY : (float) norm);
  }

  /** The ONNX {@code ModelProto}, serialized. */
  public byte[] toModel() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("optimizer")
            .addInput(tensor(LEARNING_RATE, ElementType.FLOAT))
            .addInput(tensor(STEP, ElementType.INT64))
            .addInput(floatSequence(PARAMETERS))
            .addInput(floatSequence(GRADIENTS))
            .addInput(floatSequence(FIRST_MOMENTS))
            .addInput(floatSequence(SECOND_MOMENTS));
    String gradients = GRADIENTS;
    if (maxGradientNorm != Float.POSITIVE_INFINITY) {
      gradients = GradientClip.addTo(graph, GRADIENTS, maxGradientNorm);
    }
    graph.addNode(
        node(ADAM_W)
            .addInput(LEARNING_RATE)
            .addInput(STEP)
            .addInput(PARAMETERS)
            .addInput(gradients)
            .addInput(FIRST_MOMENTS)
            .addInput(SECOND_MOMENTS)
            .addOutput("updated_flag")
            .addAttribute(real("alpha", beta1))
            .addAttribute(real("beta", beta2))
            .addAttribute(real("epsilon", epsilon))
            .addAttribute(real("weight_decay", weightDecay))
            .addAttribute(whole("correct_bias", 1))
            .addAttribute(whole("adam_mode", 0)));
    graph.addOutput(tensor("updated_flag", ElementType.BOOL));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("rise")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static NodeProto.Builder node(String operator) {
    return NodeProto.newBuilder().setName(operator).setOpType(operator).setDomain(DOMAIN);
  }

  private static AttributeProto real(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  private static AttributeProto whole(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static ValueInfoProto tensor(String name, ElementType type) {
    TensorShapeProto one =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.code()).setShape(one)))
        .build();
  }

  private static ValueInfoProto floatSequence(String name) {
    TypeProto floats =
        TypeProto.newBuilder()
            .setTensorType(TypeProto.Tensor.newBuilder().setElemType(ElementType.FLOAT.code()))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(floats)))
        .build();
  }
}
