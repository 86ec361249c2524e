package org.riselm.onnx.internal.decoder;

import org.jspecify.annotations.Nullable;
import org.riselm.onnx.model.Rope;

/** Computes the frequencies of rotary positions. */
final class RotaryFrequencies {
  private RotaryFrequencies() {}

  /** Returns the angle per position of each of headSize / 2 pairs. */
  static float[] of(Rope rope, int headSize) {
    float[] frequencies = new float[headSize / 2];
    for (int j = 0; j < frequencies.length; j++) {
      // In single precision, as every published checkpoint was trained.
      float frequency = (float) StrictMath.pow(rope.theta(), -2.0 * j / headSize);
      Rope.@Nullable Llama3 scaling = rope.scaling();
      frequencies[j] = scaling == null ? frequency : (float) stretched(scaling, frequency);
    }
    return frequencies;
  }

  private static double stretched(Rope.Llama3 scaling, double frequency) {
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
}
