package org.riselm.onnx.internal.decoder;

import java.nio.FloatBuffer;
import org.riselm.onnx.model.DecoderConfig;

/** Fills the tables of rotations that a sampling graph reads, as long as a run needs them. */
public final class RotaryAngles {
  private final float[] frequencies;

  private RotaryAngles(float[] frequencies) {
    this.frequencies = frequencies;
  }

  /** Returns the angles of a model's heads. */
  public static RotaryAngles of(DecoderConfig config) {
    return new RotaryAngles(RotaryFrequencies.of(config.rope(), config.headSize()));
  }

  /** Returns how many numbers each table has for a position. */
  public int width() {
    return frequencies.length;
  }

  /** Puts the rotations of the positions from 0 on into both tables, until they are full. */
  public void fill(FloatBuffer cos, FloatBuffer sin) {
    for (int position = 0; cos.hasRemaining(); position++) {
      for (float frequency : frequencies) {
        float angle = position * frequency;
        cos.put((float) StrictMath.cos(angle));
        sin.put((float) StrictMath.sin(angle));
      }
    }
  }
}
