package org.riselm.onnx.internal.folder;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.io.IOException;
import java.util.Set;
import org.riselm.onnx.model.Rope;

/**
 * Reads how positions turn heads. Older files have {@code rope_theta} beside {@code rope_scaling},
 * newer ones both within {@code rope_parameters}; what is empty says nothing.
 */
final class RopeFields {
  private static final String OLDER = "rope_scaling";
  private static final String NEWER = "rope_parameters";
  private static final ImmutableSet<String> ALWAYS =
      ImmutableSet.of("rope_type", "type", "rope_theta", "partial_rotary_factor");
  private static final ImmutableSet<String> LLAMA3 =
      ImmutableSet.of(
          "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings");

  private RopeFields() {}

  /**
   * Reads them.
   *
   * @throws IOException naming the file and the field
   */
  static Rope read(ConfigJson json) throws IOException {
    double theta = json.positive("rope_theta", Double.POSITIVE_INFINITY, 10_000);
    if (json.isEmpty(OLDER) || json.isEmpty(NEWER)) {
      return read(json.object(json.isEmpty(OLDER) ? NEWER : OLDER), theta);
    }
    Rope rope = read(json.object(OLDER), theta);
    if (!rope.equals(read(json.object(NEWER), theta))) {
      throw json.refusal(OLDER, "what " + NEWER + " says, or only one of the two fields");
    }
    return rope;
  }

  private static Rope read(ConfigJson json, double otherTheta) throws IOException {
    double theta = json.positive("rope_theta", Double.POSITIVE_INFINITY, otherTheta);
    json.require(ConfigJson.Expectation.number("partial_rotary_factor", 1));
    String field = json.has("rope_type") ? "rope_type" : "type";
    return switch (json.text(field, "default")) {
      case "default" -> {
        requireOnly(json, Set.of());
        yield Rope.of(theta);
      }
      case "llama3" -> {
        requireOnly(json, LLAMA3);
        yield new Rope(
            theta,
            new Rope.Llama3(
                json.number("factor"),
                json.number("low_freq_factor"),
                json.number("high_freq_factor"),
                json.integer("original_max_position_embeddings")));
      }
      default -> throw json.refusal(field, "default or llama3");
    };
  }

  private static void requireOnly(ConfigJson json, Set<String> more) throws IOException {
    Set<String> known = Sets.union(ALWAYS, more);
    for (String field : json.fields()) {
      if (json.has(field) && !known.contains(field)) {
        throw json.refusal(field, "nothing: positions of this type have the fields " + known);
      }
    }
  }
}
