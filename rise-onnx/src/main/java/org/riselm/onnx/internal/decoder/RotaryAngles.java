package org.riselm.onnx.internal.decoder;

import java.nio.FloatBuffer;
import org.riselm.onnx.model.DecoderConfig;

/** Fills the tables of rotations that a sampling graph reads, as long as a run needs them. */
public final class RotaryAngles {
  private final RotarySections sections;

  private RotaryAngles(RotarySections sections) {
    this.sections = sections;
  }

  /** Returns the angles of a model's heads. */
  public static RotaryAngles of(DecoderConfig config) {
    return new RotaryAngles(RotarySections.of(config));
  }

  /** Returns how many numbers each table has in a row. */
  public int width() {
    return sections.width();
  }

  /** Returns how many rows each table has for a position: one for each different rotation. */
  public int rows() {
    return sections.all().size();
  }

  /**
   * Returns the tokens of the longest sequence whose keys are turned as those of shorter ones: a
   * prefix of a longer one is not the same.
   */
  public int longestAlike() {
    return sections.longFrom();
  }

  /**
   * Puts the rotations of {@code positions} positions into both tables: all of the first rotation,
   * then all of the next.
   */
  public void fill(int positions, FloatBuffer cos, FloatBuffer sin) {
    for (RotaryFrequencies section : sections.all()) {
      float[] frequencies = section.angles();
      for (int position = 0; position < positions; position++) {
        for (float frequency : frequencies) {
          float angle = position * frequency;
          cos.put((float) StrictMath.cos(angle) * section.scale());
          sin.put((float) StrictMath.sin(angle) * section.scale());
        }
      }
    }
  }
}
