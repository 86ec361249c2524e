package org.riselm.onnx;

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
