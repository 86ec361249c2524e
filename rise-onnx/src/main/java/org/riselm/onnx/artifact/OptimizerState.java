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
  public OptimizerState {
    if (step < 0) {
      throw new IllegalArgumentException("found optimizer step " + step + ", expected 0 or more");
    }
    moments = ImmutableSortedMap.copyOf(moments);
  }
}
