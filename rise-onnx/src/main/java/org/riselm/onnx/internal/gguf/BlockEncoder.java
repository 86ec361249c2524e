package org.riselm.onnx.internal.gguf;

import java.nio.ByteBuffer;
import org.riselm.onnx.internal.folder.safetensors.Float16Codec;

/** Makes blocks of numbers as llama.cpp's package for Python does, bit for bit. */
final class BlockEncoder {
  private static final int SIZE = 32;

  private BlockEncoder() {}

  static void eightBits(float[] source, int at, ByteBuffer target) {
    float largest = 0;
    for (int i = at; i < at + SIZE; i++) {
      largest = Math.max(largest, Math.abs(source[i]));
    }
    float scale = largest / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    target.putShort(Float16Codec.toHalf(scale));
    for (int i = at; i < at + SIZE; i++) {
      float wide = source[i] * inverse;
      // Half way, away from 0.
      float magnitude = (float) Math.floor(Math.abs(wide));
      magnitude += (float) Math.floor(2 * (Math.abs(wide) - magnitude));
      target.put((byte) (wide < 0 ? -magnitude : magnitude));
    }
  }

  static void fourBits(float[] source, int at, ByteBuffer target) {
    float extreme = 0;
    for (int i = at; i < at + SIZE; i++) {
      extreme = Math.abs(source[i]) > Math.abs(extreme) ? source[i] : extreme;
    }
    float scale = extreme / -8;
    float inverse = scale == 0 ? 0 : 1 / scale;
    target.putShort(Float16Codec.toHalf(scale));
    for (int i = at; i < at + SIZE / 2; i++) {
      int both = whole(source[i], inverse) | whole(source[i + SIZE / 2], inverse) << 4;
      target.put((byte) both);
    }
  }

  private static int whole(float number, float inverse) {
    return Math.min((int) ((double) number * inverse + 8.5), 15);
  }
}
