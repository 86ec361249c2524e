package org.riselm.onnx.internal.autodiff;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.riselm.onnx.MissingGradientException;
import org.riselm.onnx.internal.graph.Node;
import org.riselm.onnx.internal.graph.Operator;

/** The rules by operator. A new one is a line here, and its rule beside those like it. */
final class GradientRules {
  private static final Map<Operator, GradientRule> RULES = new EnumMap<>(Operator.class);

  static {
    RULES.put(Operator.ADD, ElementwiseRules::add);
    RULES.put(Operator.SUM, ElementwiseRules::sum);
    RULES.put(Operator.SUB, ElementwiseRules::sub);
    RULES.put(Operator.MUL, ElementwiseRules::mul);
    RULES.put(Operator.DIV, ElementwiseRules::div);
    RULES.put(Operator.NEG, ElementwiseRules::neg);
    RULES.put(Operator.EXP, ElementwiseRules::exp);
    RULES.put(Operator.LOG, ElementwiseRules::log);
    RULES.put(Operator.SQRT, ElementwiseRules::sqrt);
    RULES.put(Operator.POW, ElementwiseRules::pow);
    RULES.put(Operator.RECIPROCAL, ElementwiseRules::reciprocal);
    RULES.put(Operator.SIN, ElementwiseRules::sin);
    RULES.put(Operator.COS, ElementwiseRules::cos);
    RULES.put(Operator.RELU, ElementwiseRules::relu);
    RULES.put(Operator.ERF, ElementwiseRules::erf);
    RULES.put(Operator.GELU, ElementwiseRules::gelu);
    RULES.put(Operator.CONTRIB_GELU, ElementwiseRules::gelu);
    RULES.put(Operator.SIGMOID, ElementwiseRules::sigmoid);
    RULES.put(Operator.TANH, ElementwiseRules::tanh);
    RULES.put(Operator.QUICK_GELU, ElementwiseRules::quickGelu);
    RULES.put(Operator.WHERE, ElementwiseRules::where);
    RULES.put(Operator.DROPOUT, ElementwiseRules::dropout);
    RULES.put(Operator.CAST_LIKE, ElementwiseRules::cast);
    RULES.put(Operator.CAST, ElementwiseRules::cast);
    RULES.put(Operator.IDENTITY, ElementwiseRules::identity);

    RULES.put(Operator.MAT_MUL, MatrixRules::matMul);
    RULES.put(Operator.FUSED_MAT_MUL, MatrixRules::matMul);
    RULES.put(Operator.GEMM, MatrixRules::gemm);

    RULES.put(Operator.RESHAPE, ShapeRules::reshape);
    RULES.put(Operator.FLATTEN, ShapeRules::reshape);
    RULES.put(Operator.SQUEEZE, ShapeRules::reshape);
    RULES.put(Operator.UNSQUEEZE, ShapeRules::reshape);
    RULES.put(Operator.TRANSPOSE, ShapeRules::transpose);
    RULES.put(Operator.EXPAND, ShapeRules::expand);
    RULES.put(Operator.CONCAT, ShapeRules::concat);
    RULES.put(Operator.SLICE, SliceRule::apply);
    RULES.put(Operator.SPLIT, ShapeRules::split);

    RULES.put(Operator.GATHER, IndexingRules::gather);
    RULES.put(Operator.GATHER_ELEMENTS, IndexingRules::gatherElements);

    RULES.put(Operator.REDUCE_SUM, ReductionRules::reduceSum);
    RULES.put(Operator.REDUCE_MEAN, ReductionRules::reduceMean);
    RULES.put(Operator.SOFTMAX, ReductionRules::softmax);
    RULES.put(Operator.LOG_SOFTMAX, ReductionRules::logSoftmax);
    RULES.put(Operator.LAYER_NORMALIZATION, ReductionRules::layerNorm);
    RULES.put(Operator.RMS_NORMALIZATION, ReductionRules::rmsNorm);
    RULES.put(Operator.SIMPLIFIED_LAYER_NORMALIZATION, ReductionRules::rmsNorm);
    RULES.put(Operator.SOFTMAX_CROSS_ENTROPY_LOSS, ReductionRules::crossEntropy);

    RULES.put(Operator.CONTRIB_ROTARY_EMBEDDING, AttentionRules::rotary);
  }

  private GradientRules() {}

  static boolean has(Node node) {
    return Operator.of(node).map(RULES::containsKey).orElse(false);
  }

  static GradientRule of(Node node) {
    return Operator.of(node)
        .map(RULES::get)
        .orElseThrow(
            () ->
                new MissingGradientException(
                    "no gradient rule for %s (node %s)"
                        .formatted(node.qualifiedOperator(), node.name())));
  }

  /** Returns the operators with a rule, by name. */
  static Collection<String> names() {
    return RULES.keySet().stream().map(Operator::qualifiedName).sorted().toList();
  }
}
