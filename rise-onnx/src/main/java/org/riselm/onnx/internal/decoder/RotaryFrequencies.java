package org.riselm.onnx.internal.decoder;

import org.jspecify.annotations.Nullable;
import org.riselm.onnx.model.Rope;

/** How far each pair of a head's numbers turns per position. Immutable. */
final class RotaryFrequencies {
  private final float[] angles;
  private final float scale;

  private RotaryFrequencies(float[] angles, float scale) {
    this.angles = angles;
    this.scale = scale;
  }

  /** The angles per position, one for each pair. */
  float[] angles() {
    return angles.clone();
  }

  /** What sines and cosines are multiplied by. */
  float scale() {
    return scale;
  }

  /**
   * Computes them.
   *
   * @param rope how positions turn heads of {@code headSize} numbers
   * @param isLong whether the sequence is longer than the original context
   */
  static RotaryFrequencies of(Rope rope, int headSize, boolean isLong) {
    int turned = rope.turned(headSize);
    float[] angles = new float[turned / 2];
    for (int j = 0; j < angles.length; j++) {
      // In single precision, as every published checkpoint was trained.
      float frequency = (float) StrictMath.pow(rope.theta(), -2.0 * j / turned);
      angles[j] = (float) stretched(rope, turned, j, frequency, isLong);
    }
    return new RotaryFrequencies(angles, scale(rope.scaling()));
  }

  private static float scale(Rope.@Nullable Scaling scaling) {
    if (scaling instanceof Rope.Yarn yarn) {
      return (float) yarn.attentionFactor();
    }
    return scaling instanceof Rope.LongRope l ? (float) l.attentionFactor() : 1;
  }

  private static double stretched(
      Rope rope, int turned, int pair, double frequency, boolean isLong) {
    if (rope.scaling() instanceof Rope.Linear linear) {
      return frequency / linear.factor();
    } else if (rope.scaling() instanceof Rope.Llama3 llama3) {
      return llama3(llama3, frequency);
    } else if (rope.scaling() instanceof Rope.Yarn yarn) {
      double kept = 1 - ramp(yarn, rope.theta(), turned, pair);
      return (1 - kept) * frequency / yarn.factor() + kept * frequency;
    } else if (rope.scaling() instanceof Rope.LongRope l) {
      return frequency / (isLong ? l.longFactors() : l.shortFactors()).get(pair);
    }
    return frequency;
  }

  private static double llama3(Rope.Llama3 scaling, double frequency) {
    // How often the wave turns within the original context.
    double turns = scaling.originalContext() * frequency / (2 * Math.PI);
    if (turns > scaling.highFrequencyFactor()) {
      return frequency;
    }
    if (turns < scaling.lowFrequencyFactor()) {
      return frequency / scaling.factor();
    }
    double kept =
        (turns - scaling.lowFrequencyFactor())
            / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
    return (1 - kept) * frequency / scaling.factor() + kept * frequency;
  }

  /** 0 for pairs that turn often, 1 for those that turn seldom, in between between. */
  private static double ramp(Rope.Yarn yarn, double theta, int turned, int pair) {
    double low = pairThatTurns(yarn.betaFast(), yarn, theta, turned);
    double high = pairThatTurns(yarn.betaSlow(), yarn, theta, turned);
    low = Math.max(yarn.truncate() ? Math.floor(low) : low, 0);
    high = Math.min(yarn.truncate() ? Math.ceil(high) : high, turned - 1);
    double width = high == low ? 0.001 : high - low;
    return Math.max(0, Math.min(1, (pair - low) / width));
  }

  private static double pairThatTurns(double times, Rope.Yarn yarn, double theta, int turned) {
    double turns = yarn.originalContext() / (times * 2 * Math.PI);
    return turned * StrictMath.log(turns) / (2 * StrictMath.log(theta));
  }
}
