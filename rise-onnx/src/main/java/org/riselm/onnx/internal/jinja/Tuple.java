package org.riselm.onnx.internal.jinja;

import java.util.List;

/** Python's tuple, which is no list. */
record Tuple(List<Object> items) {
  static Tuple of(Object... items) {
    return new Tuple(List.of(items));
  }
}
