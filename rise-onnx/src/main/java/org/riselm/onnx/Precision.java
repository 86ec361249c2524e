package org.riselm.onnx;

/** The floating-point formats to compute in and to export weights in. */
public enum Precision {
  /** 32 bits, IEEE 754. */
  FLOAT32,
  /** 16 bits, IEEE 754: 5 bits of exponent, 11 of significand. */
  FLOAT16,
  /** 16 bits: the exponent of {@link #FLOAT32}, 8 bits of significand. */
  BFLOAT16;

  /** What the matrices of a GGUF file are made of; its vectors are of 32 bits always. */
  public enum Gguf {
    /** 32-bit floats. */
    F32,
    /** 16-bit floats, IEEE 754. */
    F16,
    /** 16 bits: the upper halves of 32-bit floats. */
    BF16,
    /** Blocks of 32 numbers of 8 bits: 1.06 bytes a number, scales included. */
    Q8_0,
    /** Blocks of 32 numbers of 4 bits: 0.56 bytes a number, scales included. */
    Q4_0
  }

  /**
   * How many bits a number of a quantized weight has: rows of a matrix are cut into blocks of 32
   * numbers, each of which is a whole number times the block's scale, a 32-bit float.
   */
  public enum Bits {
    /** 8 bits: 1.125 bytes a number, scales included. */
    EIGHT(8),
    /** 4 bits: 0.625 bytes a number, scales included. */
    FOUR(4);

    private final int count;

    Bits(int count) {
      this.count = count;
    }

    /** {@return 8 or 4} */
    public int count() {
      return count;
    }
  }
}
