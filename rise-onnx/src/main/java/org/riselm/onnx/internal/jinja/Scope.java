package org.riselm.onnx.internal.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values; what is not here may be in a scope around it. */
final class Scope {
  private final Map<String, Object> values = new HashMap<>();
  private final @Nullable Scope around;

  Scope(@Nullable Scope around) {
    this.around = around;
  }

  void set(String name, Object value) {
    values.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.around) {
      Object value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.name(name);
  }
}
