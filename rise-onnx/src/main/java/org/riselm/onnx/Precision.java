package org.riselm.onnx;

/** The floating-point formats to compute in and to export weights in. */
public enum Precision {
  /** 32 bits, IEEE 754. */
  FLOAT32,
  /** 16 bits, IEEE 754: 5 bits of exponent, 11 of significand. */
  FLOAT16,
  /** 16 bits: the exponent of {@link #FLOAT32}, 8 bits of significand. */
  BFLOAT16
}
