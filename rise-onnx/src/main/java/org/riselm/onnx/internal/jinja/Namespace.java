package org.riselm.onnx.internal.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code namespace()} gives: the one kind of value that a template can change. */
final class Namespace {
  private final Map<String, Object> attributes = new LinkedHashMap<>();

  Object get(String name) {
    Object value = attributes.get(name);
    return value == null ? new Undefined("the namespace has no \"" + name + "\"") : value;
  }

  void set(String name, Object value) {
    if (name.startsWith("_")) {
      throw Failure.evaluation("a namespace's name must not start with \"_\": %s", name);
    }
    attributes.put(name, value);
  }
}
