package org.riselm.onnx.text.template;

/** Python's {@code None}. */
enum None {
  NONE
}
