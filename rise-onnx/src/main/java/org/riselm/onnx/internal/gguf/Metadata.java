package org.riselm.onnx.internal.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys and values of a file, read strictly: every refusal names the file and the key. */
record Metadata(GgufHeader header) {
  private static final int LONGEST_SHOWN = 100;

  boolean has(String key) {
    return header.metadata().containsKey(key);
  }

  /** The keys that begin with {@code prefix}. */
  Set<String> under(String prefix) {
    return header.metadata().keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .collect(Collectors.toSet());
  }

  IOException refusal(String key, String expected) {
    Object value = header.metadata().get(key);
    String found = value == null ? "missing" : value.toString();
    if (found.length() > LONGEST_SHOWN) {
      found = found.substring(0, LONGEST_SHOWN) + "…";
    }
    return new IOException(
        "%s: %s is %s; supported is %s".formatted(header.file(), key, found, expected));
  }

  private <T> T of(Class<T> type, String key, String expected) throws IOException {
    Object value = header.metadata().get(key);
    if (!type.isInstance(value)) {
      throw refusal(key, expected);
    }
    return type.cast(value);
  }

  String text(String key) throws IOException {
    return of(String.class, key, "a text");
  }

  boolean flag(String key, boolean absent) throws IOException {
    return has(key) ? of(Boolean.class, key, "true or false") : absent;
  }

  int integer(String key) throws IOException {
    long value = of(Long.class, key, "a whole number");
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw refusal(key, "a whole number from 0 to " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  int integer(String key, int absent) throws IOException {
    return has(key) ? integer(key) : absent;
  }

  double number(String key) throws IOException {
    return of(Number.class, key, "a number").doubleValue();
  }

  /** The values of a list, all of one type. */
  <T> List<T> list(String key, Class<T> type) throws IOException {
    List<T> list = new ArrayList<>();
    for (Object value : of(List.class, key, "a list")) {
      if (!type.isInstance(value)) {
        throw refusal(key, "a list, all of " + type.getSimpleName());
      }
      list.add(type.cast(value));
    }
    return list;
  }
}
