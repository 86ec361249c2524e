package org.riselm.onnx.internal.folder.safetensors;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Locale;
import org.riselm.onnx.internal.runtime.ElementType;

/** What numbers a tensor of a file is made of. Three of them are read; others are known by size. */
public enum Dtype {
  /** 32-bit floats. */
  F32(32),
  /** 16-bit floats, IEEE 754. */
  F16(16),
  /** The upper halves of 32-bit floats. */
  BF16(16),
  /** 64-bit floats. */
  F64(64),
  /** 64-bit whole numbers. */
  I64(64),
  /** 64-bit whole numbers without a sign. */
  U64(64),
  /** 32-bit whole numbers. */
  I32(32),
  /** 32-bit whole numbers without a sign. */
  U32(32),
  /** 16-bit whole numbers. */
  I16(16),
  /** 16-bit whole numbers without a sign. */
  U16(16),
  /** 8-bit whole numbers. */
  I8(8),
  /** 8-bit whole numbers without a sign. */
  U8(8),
  /** Truth values, a byte each. */
  BOOL(8),
  /** 8-bit floats with 4 bits of exponent. */
  F8_E4M3(8),
  /** 8-bit floats with 5 bits of exponent. */
  F8_E5M2(8);

  private final int bits;

  Dtype(int bits) {
    this.bits = bits;
  }

  /** The size of one number, in bytes. */
  public int bytes() {
    return bits / 8;
  }

  /**
   * What its numbers are in memory.
   *
   * @throws IllegalStateException if this is not {@linkplain #isReadable readable}
   */
  public ElementType elementType() {
    return switch (this) {
      case F32 -> ElementType.FLOAT;
      case F16 -> ElementType.FLOAT16;
      case BF16 -> ElementType.BFLOAT16;
      default -> throw new IllegalStateException(toString().toLowerCase(Locale.ROOT));
    };
  }

  /**
   * What numbers in memory are in a file.
   *
   * @throws IllegalArgumentException if {@code type} is none that can be {@linkplain #isReadable
   *     read}
   */
  public static Dtype of(ElementType type) {
    return switch (type) {
      case FLOAT -> F32;
      case FLOAT16 -> F16;
      case BFLOAT16 -> BF16;
      default -> throw new IllegalArgumentException(type + " is not written");
    };
  }

  /** The bits of a number that are all set only if it is infinite or NaN. */
  long exponentBits() {
    return switch (this) {
      case F32 -> 0x7F800000L;
      case F16 -> 0x7C00L;
      case BF16 -> 0x7F80L;
      default -> throw new IllegalStateException(toString().toLowerCase(Locale.ROOT));
    };
  }

  /** Whether its numbers can be read as 32-bit floats, without any rounding. */
  public boolean isReadable() {
    return this == F32 || this == F16 || this == BF16;
  }

  /**
   * Puts the numbers in {@code source}, little-endian, into {@code target}, exactly.
   *
   * @throws IllegalStateException if this is not {@linkplain #isReadable readable}
   */
  void copy(ByteBuffer source, FloatBuffer target) {
    switch (this) {
      case F32 -> target.put(source.asFloatBuffer());
      case F16 -> {
        ShortBuffer halves = source.asShortBuffer();
        while (halves.hasRemaining()) {
          target.put(Float16Codec.ofHalf(halves.get()));
        }
      }
      case BF16 -> {
        ShortBuffer upper = source.asShortBuffer();
        while (upper.hasRemaining()) {
          target.put(Float.intBitsToFloat(upper.get() << 16));
        }
      }
      default -> throw new IllegalStateException(toString().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * Puts the first {@code count} of {@code source} into {@code target}, little-endian, each as the
   * nearest number of this type.
   *
   * @throws IllegalStateException if this is not {@linkplain #isReadable readable}
   * @throws ArithmeticException naming a finite number whose nearest is infinite
   */
  void put(float[] source, int count, ByteBuffer target) {
    switch (this) {
      case F32 -> {
        target.asFloatBuffer().put(source, 0, count);
        target.position(target.position() + count * Float.BYTES);
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target.putShort(Float16Codec.toHalf(source[i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          target.putShort(Float16Codec.toUpperHalf(source[i]));
        }
      }
      default -> throw new IllegalStateException(toString().toLowerCase(Locale.ROOT));
    }
  }
}
