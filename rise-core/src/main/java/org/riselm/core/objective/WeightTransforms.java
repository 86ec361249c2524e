package org.riselm.core.objective;

import java.util.function.DoubleUnaryOperator;
import org.riselm.core.mdp.Example;

/** Examples with other weights. */
final class WeightTransforms {
  private WeightTransforms() {}

  /** Returns {@code weighted}, with {@code change} applied to every weight. */
  static WeightedExamples each(WeightedExamples weighted, DoubleUnaryOperator change) {
    return new WeightedExamples(
        weighted.examples().stream()
            .map(e -> new Example(e.state(), e.response(), e.weights().map(change)))
            .toList(),
        weighted.skipped(),
        weighted.normalization());
  }

  /**
   * Returns {@code weighted}, scaled so that the examples' |weight|s have mean 1; all 0 stays as it
   * is.
   */
  static WeightedExamples toMeanOne(WeightedExamples weighted) {
    double sum =
        StableMean.sum(weighted.examples().stream().map(e -> e.weights().absoluteMean()).toList());
    double scale = sum == 0 ? 1 : weighted.examples().size() / sum;
    return each(weighted, w -> w * scale);
  }
}
