package org.riselm.onnx.internal.graph;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The operators of which more is known here than their names: how the shapes of their outputs
 * follow from their inputs', and whether an output is a view of the first input's memory. Their
 * gradients are found by these constants.
 */
public enum Operator {
  ABS("Abs", ShapeRule.LIKE_THE_FIRST),
  ADD("Add", ShapeRule.BROADCAST),
  AND("And", ShapeRule.BROADCAST),
  BIAS_GELU("com.microsoft.BiasGelu", ShapeRule.LIKE_THE_FIRST),
  BITWISE_AND("BitwiseAnd", ShapeRule.BROADCAST),
  BITWISE_OR("BitwiseOr", ShapeRule.BROADCAST),
  CAST("Cast", ShapeRule.LIKE_THE_FIRST),
  CAST_LIKE("CastLike", ShapeRule.LIKE_THE_FIRST),
  CEIL("Ceil", ShapeRule.LIKE_THE_FIRST),
  CLIP("Clip", ShapeRule.LIKE_THE_FIRST),
  CONCAT("Concat", ShapeInference::concatenated),
  CONSTANT_OF_SHAPE("ConstantOfShape", ShapeInference::filled),
  CONTRIB_GELU("com.microsoft.Gelu", ShapeRule.LIKE_THE_FIRST),
  CONTRIB_ROTARY_EMBEDDING("com.microsoft.RotaryEmbedding", ShapeRule.LIKE_THE_FIRST),
  COS("Cos", ShapeRule.LIKE_THE_FIRST),
  CUM_SUM("CumSum", ShapeRule.LIKE_THE_FIRST),
  DIV("Div", ShapeRule.BROADCAST),
  DROPOUT("Dropout", ShapeRule.LIKE_THE_FIRST),
  EQUAL("Equal", ShapeRule.BROADCAST),
  ERF("Erf", ShapeRule.LIKE_THE_FIRST),
  EXP("Exp", ShapeRule.LIKE_THE_FIRST),
  EXPAND("Expand", ShapeInference::expanded),
  FAST_GELU("com.microsoft.FastGelu", ShapeRule.LIKE_THE_FIRST),
  FLATTEN("Flatten", ShapeRule.UNKNOWN),
  FLOOR("Floor", ShapeRule.LIKE_THE_FIRST),
  FUSED_MAT_MUL("com.microsoft.FusedMatMul", ShapeInference::product),
  GATHER("Gather", ShapeInference::gathered),
  GATHER_ELEMENTS("GatherElements", ShapeInference::likeTheSecond),
  GELU("Gelu", ShapeRule.LIKE_THE_FIRST),
  GEMM("Gemm", ShapeInference::product),
  GREATER("Greater", ShapeRule.BROADCAST),
  GREATER_OR_EQUAL("GreaterOrEqual", ShapeRule.BROADCAST),
  IDENTITY("Identity", ShapeRule.LIKE_THE_FIRST, Memory.VIEW),
  IS_NAN("IsNaN", ShapeRule.LIKE_THE_FIRST),
  LAYER_NORMALIZATION("LayerNormalization", ShapeRule.LIKE_THE_FIRST),
  LEAKY_RELU("LeakyRelu", ShapeRule.LIKE_THE_FIRST),
  LESS("Less", ShapeRule.BROADCAST),
  LESS_OR_EQUAL("LessOrEqual", ShapeRule.BROADCAST),
  LOG("Log", ShapeRule.LIKE_THE_FIRST),
  LOG_SOFTMAX("LogSoftmax", ShapeRule.LIKE_THE_FIRST),
  MAT_MUL("MatMul", ShapeInference::product),
  MAX("Max", ShapeRule.BROADCAST),
  MIN("Min", ShapeRule.BROADCAST),
  MOD("Mod", ShapeRule.BROADCAST),
  MUL("Mul", ShapeRule.BROADCAST),
  NEG("Neg", ShapeRule.LIKE_THE_FIRST),
  NOT("Not", ShapeRule.LIKE_THE_FIRST),
  OR("Or", ShapeRule.BROADCAST),
  POW("Pow", ShapeRule.BROADCAST),
  QUICK_GELU("com.microsoft.QuickGelu", ShapeRule.LIKE_THE_FIRST),
  RECIPROCAL("Reciprocal", ShapeRule.LIKE_THE_FIRST),
  REDUCE_MAX("ReduceMax", ShapeInference::reduced),
  REDUCE_MEAN("ReduceMean", ShapeInference::reduced),
  REDUCE_MIN("ReduceMin", ShapeInference::reduced),
  REDUCE_SUM("ReduceSum", ShapeInference::reduced),
  RELU("Relu", ShapeRule.LIKE_THE_FIRST),
  RESHAPE("Reshape", ShapeInference::reshaped, Memory.VIEW),
  RMS_NORMALIZATION("RMSNormalization", ShapeRule.LIKE_THE_FIRST),
  ROTARY_EMBEDDING("RotaryEmbedding", ShapeRule.LIKE_THE_FIRST),
  SCATTER_ELEMENTS("ScatterElements", ShapeRule.LIKE_THE_FIRST),
  SCATTER_ND("ScatterND", ShapeRule.LIKE_THE_FIRST),
  SIGMOID("Sigmoid", ShapeRule.LIKE_THE_FIRST),
  SIGN("Sign", ShapeRule.LIKE_THE_FIRST),
  SIMPLIFIED_LAYER_NORMALIZATION("SimplifiedLayerNormalization", ShapeRule.LIKE_THE_FIRST),
  SIN("Sin", ShapeRule.LIKE_THE_FIRST),
  SLICE("Slice", ShapeInference::sliced),
  SOFTMAX("Softmax", ShapeRule.LIKE_THE_FIRST),
  SOFTMAX_CROSS_ENTROPY_LOSS("SoftmaxCrossEntropyLoss", ShapeRule.UNKNOWN),
  SOFTPLUS("Softplus", ShapeRule.LIKE_THE_FIRST),
  SPLIT("Split", ShapeInference::part),
  SQRT("Sqrt", ShapeRule.LIKE_THE_FIRST),
  SQUEEZE("Squeeze", ShapeInference::squeezed, Memory.VIEW),
  SUB("Sub", ShapeRule.BROADCAST),
  SUM("Sum", ShapeRule.BROADCAST),
  TANH("Tanh", ShapeRule.LIKE_THE_FIRST),
  TRANSPOSE("Transpose", ShapeInference::transposed),
  TRILU("Trilu", ShapeRule.LIKE_THE_FIRST),
  UNSQUEEZE("Unsqueeze", ShapeInference::unsqueezed, Memory.VIEW),
  WHERE("Where", ShapeRule.BROADCAST),
  XOR("Xor", ShapeRule.BROADCAST);

  private static final Map<String, Operator> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(o -> o.qualifiedName, Function.identity()));

  private enum Memory {
    OWN,
    VIEW
  }

  private final String qualifiedName;
  private final ShapeRule shape;
  private final Memory memory;

  Operator(String qualifiedName, ShapeRule shape) {
    this(qualifiedName, shape, Memory.OWN);
  }

  Operator(String qualifiedName, ShapeRule shape, Memory memory) {
    this.qualifiedName = qualifiedName;
    this.shape = shape;
    this.memory = memory;
  }

  /** Returns the name, behind its domain where that is not ONNX's own. */
  public String qualifiedName() {
    return qualifiedName;
  }

  /** Returns whether its output is its first input's memory. */
  public boolean isView() {
    return memory == Memory.VIEW;
  }

  /** Returns how the shapes of its outputs follow. */
  ShapeRule shape() {
    return shape;
  }

  /** Returns the operator of {@code node}; empty if nothing is known of it. */
  public static Optional<Operator> of(Node node) {
    return Optional.ofNullable(BY_NAME.get(node.qualifiedOperator()));
  }

  /** Returns the operator of {@code node}, whichever known domain it is from. */
  static Optional<Operator> inAnyDomain(Node node) {
    @Nullable Operator exact = BY_NAME.get(node.qualifiedOperator());
    return Optional.ofNullable(exact != null ? exact : BY_NAME.get(node.operator()));
  }
}
