package org.riselm.onnx.internal.gguf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.riselm.onnx.internal.folder.safetensors.Float16Codec;

/** The formats of tensors that are read. The numbers of a tensor's row are cut into blocks. */
public enum GgufType {
  /** 32-bit floats. */
  F32(0, 1, 4),
  /** 16-bit floats, IEEE 754. */
  F16(1, 1, 2),
  /** 4 bits and a scale. */
  Q4_0(2, 32, 18),
  /** 4 bits, a scale and a minimum. */
  Q4_1(3, 32, 20),
  /** 5 bits and a scale. */
  Q5_0(6, 32, 22),
  /** 5 bits, a scale and a minimum. */
  Q5_1(7, 32, 24),
  /** 8 bits and a scale. */
  Q8_0(8, 32, 34),
  /** 4 bits; scales and minima of 32 numbers, of 6 bits. */
  Q4_K(12, 256, 144),
  /** 5 bits; scales and minima of 32 numbers, of 6 bits. */
  Q5_K(13, 256, 176),
  /** 6 bits; scales of 16 numbers, of 8 bits. */
  Q6_K(14, 256, 210),
  /** The upper halves of 32-bit floats. */
  BF16(30, 1, 2);

  private static final Map<Integer, GgufType> BY_ID =
      Arrays.stream(values()).collect(Collectors.toMap(t -> t.id, t -> t));

  // By id; an empty name is of none.
  private static final List<String> NAMES =
      List.of(
          ("F32,F16,Q4_0,Q4_1,Q4_2,Q4_3,Q5_0,Q5_1,Q8_0,Q8_1,Q2_K,Q3_K,Q4_K,Q5_K,Q6_K,Q8_K,IQ2_XXS,"
                  + "IQ2_XS,IQ3_XXS,IQ1_S,IQ4_NL,IQ3_S,IQ2_S,IQ4_XS,I8,I16,I32,I64,F64,IQ1_M,BF16,"
                  + "Q4_0_4_4,Q4_0_4_8,Q4_0_8_8,TQ1_0,TQ2_0,IQ4_NL_4_4,IQ4_NL_4_8,IQ4_NL_8_8,MXFP4")
              .split(","));

  private final int id;
  private final int blockSize;
  private final int blockBytes;

  GgufType(int id, int blockSize, int blockBytes) {
    this.id = id;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  /**
   * Returns the format with a number in files.
   *
   * @throws IllegalArgumentException naming the format, if it is not read
   */
  static GgufType of(int id) {
    GgufType type = BY_ID.get(id);
    if (type == null) {
      String name = id >= 0 && id < NAMES.size() ? NAMES.get(id) : "number " + id;
      throw new IllegalArgumentException(
          "its type is %s; supported are %s".formatted(name, Arrays.toString(values())));
    }
    return type;
  }

  /** Returns its number in files. */
  int id() {
    return id;
  }

  /** Returns how many numbers a block has. */
  public int blockSize() {
    return blockSize;
  }

  /** Returns how many bytes a block has. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Puts the numbers of the next block of {@code source}, little-endian, into {@code target}. */
  void decode(ByteBuffer source, float[] target, int at) {
    switch (this) {
      case F32 -> target[at] = source.getFloat();
      case F16 -> target[at] = Blocks.half(source);
      case BF16 -> target[at] = Float.intBitsToFloat(source.getShort() << 16);
      case Q8_0 -> Blocks.eightBits(source, target, at);
      case Q4_0 -> Blocks.simple(source, target, at, /* minimum= */ false, /* fifth= */ false);
      case Q4_1 -> Blocks.simple(source, target, at, /* minimum= */ true, /* fifth= */ false);
      case Q5_0 -> Blocks.simple(source, target, at, /* minimum= */ false, /* fifth= */ true);
      case Q5_1 -> Blocks.simple(source, target, at, /* minimum= */ true, /* fifth= */ true);
      case Q4_K -> Blocks.nested(source, target, at, /* fifth= */ false);
      case Q5_K -> Blocks.nested(source, target, at, /* fifth= */ true);
      case Q6_K -> Blocks.sixBits(source, target, at);
    }
  }

  /**
   * Puts the next block of {@code source} into {@code target}, little-endian, as llama.cpp's
   * package encodes it.
   *
   * @throws ArithmeticException naming a finite number that is too large for 16 bits
   * @throws IllegalStateException if there is no encoder of this format
   */
  void encode(float[] source, int at, ByteBuffer target) {
    switch (this) {
      case F32 -> target.putFloat(source[at]);
      case F16 -> target.putShort(Float16Codec.toHalf(source[at]));
      case BF16 -> target.putShort(Float16Codec.toUpperHalf(source[at]));
      case Q8_0 -> BlockEncoder.eightBits(source, at, target);
      case Q4_0 -> BlockEncoder.fourBits(source, at, target);
      default -> throw new IllegalStateException(this + " is not written");
    }
  }
}
