package org.riselm.onnx.artifact;

import com.google.common.collect.ImmutableSortedMap;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Named values of the user's own that travel with a checkpoint. A name is used once, whatever its
 * type. Iterates by name.
 *
 * @param ints 64-bit integers
 * @param floats 32-bit floats
 * @param strings texts
 */
public record Properties(
    Map<String, Long> ints, Map<String, Float> floats, Map<String, String> strings) {
  private static final Properties NONE = new Properties(Map.of(), Map.of(), Map.of());

  public Properties {
    ints = ImmutableSortedMap.copyOf(ints);
    floats = ImmutableSortedMap.copyOf(floats);
    strings = ImmutableSortedMap.copyOf(strings);
    Set<String> names = new HashSet<>();
    for (Set<String> some : List.of(ints.keySet(), floats.keySet(), strings.keySet())) {
      for (String name : some) {
        checkText(name);
        if (!names.add(name)) {
          throw new IllegalArgumentException(
              "found two properties named " + name + ", expected one");
        }
      }
    }
    strings.values().forEach(Properties::checkText);
  }

  private static void checkText(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "found a property's text with half a surrogate pair, expected Unicode: " + text);
    }
  }

  /** No properties. */
  public static Properties none() {
    return NONE;
  }
}
