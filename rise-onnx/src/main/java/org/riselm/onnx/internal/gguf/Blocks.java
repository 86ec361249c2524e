package org.riselm.onnx.internal.gguf;

import java.nio.ByteBuffer;
import org.riselm.onnx.internal.folder.safetensors.Float16Codec;

/** The arithmetic of ggml's blocks, in its order of operations, so that every bit is the same. */
final class Blocks {
  private static final int SMALL = 32;
  private static final int LARGE = 256;

  private Blocks() {}

  static float half(ByteBuffer source) {
    return Float16Codec.ofHalf(source.getShort());
  }

  static void eightBits(ByteBuffer source, float[] target, int at) {
    float scale = half(source);
    for (int i = 0; i < SMALL; i++) {
      target[at + i] = scale * source.get();
    }
  }

  /** The same whole numbers, without a sign: 128 more. */
  static void centerEightBits(ByteBuffer source, ByteBuffer target) {
    for (int i = 0; i < SMALL; i++) {
      target.put((byte) (source.get() ^ 0x80));
    }
  }

  /** The same whole numbers, of which neighbors share a byte. */
  static void pairFourBits(ByteBuffer source, ByteBuffer target) {
    int from = source.position();
    for (int half = 0; half <= 4; half += 4) {
      for (int i = 0; i < SMALL / 2; i += 2) {
        int lower = source.get(from + i) >> half & 0xF;
        target.put((byte) (lower | (source.get(from + i + 1) >> half & 0xF) << 4));
      }
    }
    source.position(from + SMALL / 2);
  }

  /**
   * 32 numbers of 4 bits, with a minimum or centered, with fifth bits before them or without. The
   * lower halves of bytes come first.
   */
  static void simple(ByteBuffer source, float[] target, int at, boolean minimum, boolean fifth) {
    float scale = half(source);
    float least = minimum ? half(source) : 0;
    int high = fifth ? source.getInt() : 0;
    int center = minimum ? 0 : fifth ? 16 : 8;
    for (int i = 0; i < SMALL / 2; i++) {
      int both = source.get();
      int first = ((both & 0xF) | ((high >>> i & 1) << 4)) - center;
      int second = ((both >> 4 & 0xF) | ((high >>> (i + 16) & 1) << 4)) - center;
      target[at + i] = minimum ? scale * first + least : scale * first;
      target[at + i + 16] = minimum ? scale * second + least : scale * second;
    }
  }

  /** 256 numbers of 4 or 5 bits in eight groups, whose scales and minima are of 6 bits. */
  static void nested(ByteBuffer source, float[] target, int at, boolean fifth) {
    float scale = half(source);
    float least = half(source);
    int packed = source.position();
    int high = packed + 12;
    int low = fifth ? high + SMALL : high;
    for (int group = 0; group < 8; group++) {
      float factor = scale * sixBitsOf(source, packed, group, /* minimum= */ false);
      float minimum = least * sixBitsOf(source, packed, group, /* minimum= */ true);
      for (int i = 0; i < SMALL; i++) {
        int whole = source.get(low + group / 2 * SMALL + i) >> (group % 2 * 4) & 0xF;
        if (fifth) {
          whole |= (source.get(high + i) >> group & 1) << 4;
        }
        target[at + group * SMALL + i] = factor * whole - minimum;
      }
    }
    source.position(low + LARGE / 2);
  }

  // Of eight numbers, four are the lower bits of four bytes. Of the others, the upper two bits are
  // above those; the lower bits are halves of the third four bytes.
  private static int sixBitsOf(ByteBuffer source, int packed, int group, boolean minimum) {
    int own = packed + (minimum ? 4 : 0);
    if (group < 4) {
      return source.get(own + group) & 0x3F;
    }
    int lower = source.get(packed + 4 + group) >> (minimum ? 4 : 0) & 0xF;
    return lower | (source.get(own + group - 4) >> 2 & 0x30);
  }

  /** 256 numbers of 6 bits, in sixteen groups with a scale each. */
  static void sixBits(ByteBuffer source, float[] target, int at) {
    int low = source.position();
    int high = low + LARGE / 2;
    int scales = high + LARGE / 4;
    float scale = Float16Codec.ofHalf(source.getShort(scales + 16));
    for (int i = 0; i < LARGE; i++) {
      int half = i / 128;
      int quarter = i / SMALL % 4;
      int lane = i % SMALL;
      int lower = source.get(low + half * 64 + quarter % 2 * SMALL + lane) >> (quarter / 2 * 4);
      int upper = source.get(high + half * SMALL + lane) >> (2 * quarter);
      int whole = ((lower & 0xF) | ((upper & 3) << 4)) - 32;
      target[at + i] = scale * source.get(scales + i / 16) * whole;
    }
    source.position(scales + 18);
  }
}
