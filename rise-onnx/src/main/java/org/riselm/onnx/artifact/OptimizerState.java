package org.riselm.onnx.artifact;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;

/**
 * Where AdamW stands.
 *
 * @param step the number of updates made, from 0
 * @param initialLearningRate the rate that a schedule started from. Not the current rate: that is
 *     in no checkpoint, and ONNX Runtime starts every session at 0.001
 * @param moments by parameter, sorted by name. Empty before the first update, or one entry for each
 *     trainable parameter
 */
public record OptimizerState(long step, float initialLearningRate, Map<String, Moments> moments) {
  /** Checks the step, and copies the moments. */
  public OptimizerState {
    if (step < 0) {
      throw new IllegalArgumentException("found optimizer step " + step + ", expected 0 or more");
    }
    moments = ImmutableSortedMap.copyOf(moments);
  }

  /**
   * What AdamW remembers of one parameter's gradients.
   *
   * @param first the running mean, named {@code momentum0}; of the parameter's shape
   * @param second the running mean of squares, named {@code momentum1}; of the parameter's shape
   */
  public record Moments(NamedTensor first, NamedTensor second) {
    /** The name of the running mean. */
    public static final String FIRST = "momentum0";

    /** The name of the running mean of squares. */
    public static final String SECOND = "momentum1";

    /** Checks the names, and that the shapes are equal. */
    public Moments {
      if (!first.name().equals(FIRST) || !second.name().equals(SECOND)) {
        throw new IllegalArgumentException(
            "found moments named %s and %s, expected %s and %s"
                .formatted(first.name(), second.name(), FIRST, SECOND));
      }
      if (!first.shape().equals(second.shape())) {
        throw new IllegalArgumentException(
            "found moments of shapes %s and %s, expected the same"
                .formatted(first.shape(), second.shape()));
      }
    }
  }
}
