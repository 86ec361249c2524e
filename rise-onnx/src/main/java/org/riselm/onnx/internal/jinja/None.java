package org.riselm.onnx.internal.jinja;

/** Python's {@code None}. */
enum None {
  NONE
}
