package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.riselm.onnx.internal.decoder.Parameter;
import org.riselm.onnx.internal.folder.safetensors.ModelWeights;
import org.riselm.onnx.model.DecoderConfig;

/**
 * The names that a checkpoint gives to a model's parameters. Those of the model without its head
 * have no {@code model.} before them, and a tied pair may be stored as the head alone.
 */
final class WeightNames {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String HEAD = "lm_head.weight";
  private static final String MODEL = "model.";

  private WeightNames() {}

  /**
   * Gives every tensor of {@code stored} the name that the model has for it.
   *
   * @throws IOException naming the prefix, if the names have one that transformers does not know
   */
  static void give(ModelWeights stored, DecoderConfig config) throws IOException {
    Set<String> found = stored.entries().keySet();
    String prefix = prefix(found, config).orElse(MODEL);
    Map<String, String> names = new LinkedHashMap<>();
    for (String name : found) {
      names.put(ours(name, prefix), name);
    }
    if (config.tiedHead() && !names.containsKey(EMBEDDING) && names.containsKey(HEAD)) {
      names.put(EMBEDDING, names.remove(HEAD));
    }
    if (!List.of(MODEL, "", MODEL + MODEL).contains(prefix)) {
      throw new IOException(
          "%s: the parameters' names begin with \"%s\" where they should begin with \"%s\"; save the weights without it, since transformers would take random ones in their place"
              .formatted(stored.source(), prefix, MODEL));
    }
    stored.rename(names);
  }

  /** What stands before {@code layers.0}; empty if there is no first layer. */
  private static Optional<String> prefix(Set<String> found, DecoderConfig config) {
    for (Parameter p : Parameter.of(config)) {
      String inModel = p.name().substring(MODEL.length());
      if (inModel.startsWith("layers.0.")) {
        for (String name : found) {
          if (name.equals(inModel) || name.endsWith("." + inModel)) {
            return Optional.of(name.substring(0, name.length() - inModel.length()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static String ours(String name, String prefix) {
    if (prefix.isEmpty()) {
      return name.equals(HEAD) ? name : MODEL + name;
    }
    boolean twice = prefix.equals(MODEL + MODEL) && name.startsWith(MODEL);
    return twice ? name.substring(MODEL.length()) : name;
  }
}
