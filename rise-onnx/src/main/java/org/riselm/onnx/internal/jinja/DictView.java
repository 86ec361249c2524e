package org.riselm.onnx.internal.jinja;

import java.util.List;
import java.util.Map;

/** What a dict's {@code keys()}, {@code values()} and {@code items()} give. */
record DictView(String kind, Map<?, ?> dict) {
  List<Object> list() {
    return switch (kind) {
      case "keys" -> List.copyOf(dict.keySet());
      case "values" -> List.copyOf(dict.values());
      default ->
          dict.entrySet().stream().<Object>map(e -> Tuple.of(e.getKey(), e.getValue())).toList();
    };
  }
}
