package org.riselm.onnx.internal.jinja;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A string among a template's variables whose characters are to be known again in what is rendered:
 * what a user or a model wrote. To the template it is a string like any other.
 *
 * @param text the string
 */
public record UserText(String text) {
  public UserText {
    requireNonNull(text, "text");
  }

  /** {@code value} with every string in it as data, but for the keys of maps. */
  public static @Nullable Object in(@Nullable Object value) {
    if (value instanceof String text) {
      return new UserText(text);
    } else if (value instanceof List<?> list) {
      List<@Nullable Object> out = new ArrayList<>();
      list.forEach(item -> out.add(in(item)));
      return out;
    } else if (value instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> out = new LinkedHashMap<>();
      map.forEach((k, v) -> out.put(k, in(v)));
      return out;
    }
    return value;
  }
}
