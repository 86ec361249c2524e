package org.riselm.onnx.internal.runtime;

import java.util.Arrays;
import org.riselm.onnx.Precision;

/** What a tensor holds. The codes are ONNX's {@code TensorProto.DataType}. */
public enum ElementType {
  /** 32-bit floating point. */
  FLOAT(1, 4),
  /** 8-bit unsigned integer. */
  UINT8(2, 1),
  /** 8-bit signed integer. */
  INT8(3, 1),
  /** 32-bit signed integer. */
  INT32(6, 4),
  /** 64-bit signed integer. */
  INT64(7, 8),
  /** One byte, 0 or 1. */
  BOOL(9, 1),
  /** 16-bit floating point, IEEE 754. */
  FLOAT16(10, 2),
  /** 64-bit floating point. */
  DOUBLE(11, 8),
  /** 16-bit floating point with the exponent of a 32-bit one. */
  BFLOAT16(16, 2);

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** Returns the type of numbers of {@code precision}. */
  public static ElementType of(Precision precision) {
    return switch (precision) {
      case FLOAT32 -> FLOAT;
      case FLOAT16 -> FLOAT16;
      case BFLOAT16 -> BFLOAT16;
    };
  }

  /** ONNX's number of the type. */
  public int code() {
    return code;
  }

  /** The size of one element, in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether values of this type have derivatives. */
  public boolean isFloatingPoint() {
    return this == FLOAT || this == FLOAT16 || this == DOUBLE || this == BFLOAT16;
  }

  /**
   * The type that ONNX numbers {@code code}.
   *
   * @throws IllegalArgumentException if it is none of these, strings for example
   */
  public static ElementType ofCode(int code) {
    return Arrays.stream(values())
        .filter(t -> t.code == code)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "ONNX element type "
                        + code
                        + " is not supported; supported are "
                        + Arrays.toString(values())));
  }
}
