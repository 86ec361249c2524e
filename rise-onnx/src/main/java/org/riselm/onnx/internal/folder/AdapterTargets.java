package org.riselm.onnx.internal.folder;

import com.google.common.collect.Iterables;
import com.google.common.collect.Sets;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.riselm.onnx.Lora;
import org.riselm.onnx.internal.decoder.LoraTargets;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.model.DecoderConfig;

/**
 * The linear layers that an {@code adapter_config.json} names, and what it says of each, by PEFT's
 * rules: a list has names or ends of names, a text is a regular expression for whole names.
 */
final class AdapterTargets {
  private static final String TARGETS = "target_modules";
  private static final String EXCLUDED = "exclude_modules";
  private static final String NUMBERS = "layers_to_transform";
  private static final String PATTERN = "layers_pattern";
  private static final String ALL_LINEAR = "all-linear";
  // PEFT can adapt these too; no graph here has such adapters.
  private static final Set<String> OTHERS = Set.of("lm_head", "model.embed_tokens");

  private final ConfigJson json;
  private final List<String> layers;

  AdapterTargets(ConfigJson json, DecoderConfig config) {
    this.json = json;
    this.layers =
        Parameter.of(config).stream().filter(LoraTargets::canAdapt).map(Parameter::layer).toList();
  }

  /** The names of the layers: whole, or ends of names as they are in the file if these will do. */
  Set<String> names() throws IOException {
    boolean listed = !json.isText(TARGETS);
    Set<String> targets;
    if (!listed && json.text(TARGETS, "").equalsIgnoreCase(ALL_LINEAR)) {
      targets = new TreeSet<>(layers);
    } else {
      targets = named(TARGETS);
      Set<String> others = Sets.intersection(targets, OTHERS);
      if (!others.isEmpty()) {
        throw json.refusal(TARGETS, "linear layers of blocks, not " + others);
      }
    }
    if (listed && json.has(NUMBERS)) {
      keepNumbers(targets);
    }
    if (json.has(EXCLUDED)) {
      targets.removeAll(named(EXCLUDED));
    }
    if (targets.isEmpty()) {
      throw json.refusal(TARGETS, "names of linear layers of the model, such as " + layers.get(0));
    }
    boolean whole = json.has(NUMBERS) || json.has(EXCLUDED) || !listed;
    return whole ? targets : json.texts(TARGETS);
  }

  private Set<String> named(String field) throws IOException {
    Set<String> found = new TreeSet<>();
    boolean isPattern = json.isText(field);
    BoundedPattern pattern = json.pattern(field, isPattern ? json.text(field, "") : "");
    Set<String> ends = isPattern ? Set.of() : json.texts(field);
    for (String name : Iterables.concat(layers, OTHERS)) {
      if (isPattern
          ? json.matches(field, pattern, name)
          : ends.stream().anyMatch(end -> LoraTargets.names(end, name))) {
        found.add(name);
      }
    }
    return found;
  }

  /** Leaves the layers of the given blocks, and those that are given by whole names. */
  private void keepNumbers(Set<String> targets) throws IOException {
    if (json.has(PATTERN) && !json.isEmpty(PATTERN)) {
      Set<String> patterns =
          json.isText(PATTERN) ? Set.of(json.text(PATTERN, "")) : json.texts(PATTERN);
      if (!patterns.contains("layers")) {
        throw json.refusal(PATTERN, "layers, or nothing");
      }
    }
    Set<Integer> numbers = json.integers(NUMBERS);
    if (numbers.isEmpty()) {
      return;
    }
    Set<String> whole = json.texts(TARGETS);
    targets.removeIf(
        name ->
            !whole.contains(name)
                && numbers.stream().noneMatch(n -> name.startsWith("model.layers." + n + ".")));
  }

  /** The layers of {@code lora} to which the file's patterns give another rank or alpha. */
  Map<String, Lora.Strength> exceptions(Lora lora) throws IOException {
    Map<String, Lora.Strength> exceptions = new LinkedHashMap<>();
    ConfigJson ranks = json.object("rank_pattern");
    ConfigJson alphas = json.object("alpha_pattern");
    for (String layer : layers) {
      String rankKey = firstKey(ranks, layer);
      String alphaKey = firstKey(alphas, layer);
      int rank = rankKey.isEmpty() ? lora.rank() : ranks.integer(rankKey, 1, Integer.MAX_VALUE);
      double alpha =
          alphaKey.isEmpty()
              ? lora.alpha()
              : alphas.positive(alphaKey, Double.POSITIVE_INFINITY, Double.NaN);
      Lora.Strength strength = new Lora.Strength(rank, alpha);
      if (LoraTargets.adapts(lora, layer) && !strength.equals(LoraTargets.strength(lora, layer))) {
        exceptions.put(layer, strength);
      }
    }
    return exceptions;
  }

  private static String firstKey(ConfigJson patterns, String layer) throws IOException {
    for (String key : patterns.fields()) {
      BoundedPattern pattern = patterns.pattern(key, "(.*\\.)?(" + key + ")");
      if (patterns.matches(key, pattern, layer)) {
        return key;
      }
    }
    return "";
  }
}
