package org.riselm.onnx.internal.autodiff;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Node;

/** The rules, by operator. A new operator is one more line here and its rule beside its kin. */
final class GradientRules {
  private static final Map<String, GradientRule> RULES = new TreeMap<>();

  static {
    RULES.put("Add", ElementwiseRules::add);
    RULES.put("Sum", ElementwiseRules::sum);
    RULES.put("Sub", ElementwiseRules::sub);
    RULES.put("Mul", ElementwiseRules::mul);
    RULES.put("Div", ElementwiseRules::div);
    RULES.put("Neg", ElementwiseRules::neg);
    RULES.put("Exp", ElementwiseRules::exp);
    RULES.put("Log", ElementwiseRules::log);
    RULES.put("Sqrt", ElementwiseRules::sqrt);
    RULES.put("Pow", ElementwiseRules::pow);
    RULES.put("Reciprocal", ElementwiseRules::reciprocal);
    RULES.put("Sin", ElementwiseRules::sin);
    RULES.put("Cos", ElementwiseRules::cos);
    RULES.put("Relu", ElementwiseRules::relu);
    RULES.put("Erf", ElementwiseRules::erf);
    RULES.put("Gelu", ElementwiseRules::gelu);
    RULES.put("com.microsoft.Gelu", ElementwiseRules::gelu);
    RULES.put("Sigmoid", ElementwiseRules::sigmoid);
    RULES.put("Tanh", ElementwiseRules::tanh);
    RULES.put("com.microsoft.QuickGelu", ElementwiseRules::quickGelu);
    RULES.put("Where", ElementwiseRules::where);
    RULES.put("Dropout", ElementwiseRules::dropout);
    RULES.put("CastLike", ElementwiseRules::cast);
    RULES.put("Cast", ElementwiseRules::cast);
    RULES.put("Identity", ElementwiseRules::identity);

    RULES.put("MatMul", MatrixRules::matMul);
    RULES.put("com.microsoft.FusedMatMul", MatrixRules::matMul);
    RULES.put("Gemm", MatrixRules::gemm);

    RULES.put("Reshape", ShapeRules::reshape);
    RULES.put("Flatten", ShapeRules::reshape);
    RULES.put("Squeeze", ShapeRules::reshape);
    RULES.put("Unsqueeze", ShapeRules::reshape);
    RULES.put("Transpose", ShapeRules::transpose);
    RULES.put("Expand", ShapeRules::expand);
    RULES.put("Concat", ShapeRules::concat);
    RULES.put("Slice", SliceRule::apply);
    RULES.put("Split", ShapeRules::split);

    RULES.put("Gather", PickingRules::gather);
    RULES.put("GatherElements", PickingRules::gatherElements);

    RULES.put("ReduceSum", ReductionRules::reduceSum);
    RULES.put("ReduceMean", ReductionRules::reduceMean);
    RULES.put("Softmax", ReductionRules::softmax);
    RULES.put("LogSoftmax", ReductionRules::logSoftmax);
    RULES.put("LayerNormalization", ReductionRules::layerNorm);
    RULES.put("RMSNormalization", ReductionRules::rmsNorm);
    RULES.put("SimplifiedLayerNormalization", ReductionRules::rmsNorm);
    RULES.put("SoftmaxCrossEntropyLoss", ReductionRules::crossEntropy);

    RULES.put("com.microsoft.RotaryEmbedding", AttentionRules::rotary);
  }

  private GradientRules() {}

  static boolean has(Node node) {
    return RULES.containsKey(node.qualifiedOperator());
  }

  static GradientRule of(Node node) {
    GradientRule rule = RULES.get(node.qualifiedOperator());
    if (rule == null) {
      throw new MissingGradientException(
          "no gradient rule for " + node.qualifiedOperator() + " (node " + node.name() + ")");
    }
    return rule;
  }

  static Collection<String> names() {
    return RULES.keySet();
  }
}
