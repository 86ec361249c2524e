package org.riselm.onnx.internal.folder;

import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Which layers of a model are of which kind. */
final class LayerKinds {
  private LayerKinds() {}

  /** How many tokens a window has. */
  static int window(ConfigJson json) throws IOException {
    return json.has("sliding_window") ? json.integer("sliding_window", 1, Integer.MAX_VALUE) : 4096;
  }

  /** All layers, or none. */
  static Set<Integer> all(ConfigJson json, boolean all) throws IOException {
    return where(json, i -> all);
  }

  /** The layers that {@code test} holds for. */
  static Set<Integer> where(ConfigJson json, IntPredicate test) throws IOException {
    int layers = json.integer("num_hidden_layers");
    return IntStream.range(0, Math.max(0, layers))
        .filter(test)
        .boxed()
        .collect(ImmutableSet.toImmutableSet());
  }

  /**
   * The layers that slide by {@code layer_types}.
   *
   * @param otherwise which do where there is no such field
   */
  static Set<Integer> sliding(ConfigJson json, IntPredicate otherwise) throws IOException {
    if (!json.has("layer_types")) {
      return where(json, otherwise);
    }
    List<String> types = json.textList("layer_types");
    if (types.size() != json.integer("num_hidden_layers")) {
      throw json.refusal(
          "layer_types", "one for each of %d layers".formatted(json.integer("num_hidden_layers")));
    }
    if (!Set.of(RopeFields.SLIDING, RopeFields.FULL).containsAll(types)) {
      throw json.refusal(
          "layer_types", "a list of " + RopeFields.FULL + " and " + RopeFields.SLIDING);
    }
    return where(json, i -> types.get(i).equals(RopeFields.SLIDING));
  }
}
