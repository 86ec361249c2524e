package org.riselm.onnx.internal.folder;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.model.Rope;

/**
 * Reads how positions turn heads. Older files have {@code rope_theta} beside {@code rope_scaling},
 * newer ones both within {@code rope_parameters}; what is empty says nothing.
 */
final class RopeFields {
  static final String FULL = "full_attention";
  static final String SLIDING = "sliding_attention";
  private static final String OLDER = "rope_scaling";
  private static final String NEWER = "rope_parameters";
  private static final String ORIGINAL = "original_max_position_embeddings";
  private static final ImmutableSet<String> ALWAYS =
      ImmutableSet.of("rope_type", "type", "rope_theta", "partial_rotary_factor");

  /** The fields that each type has beside those that all have. */
  private static final ImmutableMap<String, Set<String>> FIELDS =
      ImmutableMap.of(
          "default", Set.of(),
          "linear", Set.of("factor"),
          "dynamic", Set.of("factor"),
          "llama3", Set.of("factor", "low_freq_factor", "high_freq_factor", ORIGINAL),
          "yarn",
              Set.of(
                  "factor",
                  ORIGINAL,
                  "attention_factor",
                  "beta_fast",
                  "beta_slow",
                  "mscale",
                  "mscale_all_dim",
                  "truncate"),
          "longrope",
              Set.of("factor", ORIGINAL, "attention_factor", "short_factor", "long_factor"));

  private final ConfigJson whole;
  private final double theta;
  private final double part;
  private final Set<String> more;

  private RopeFields(ConfigJson whole, double theta, double part, Set<String> more) {
    this.whole = whole;
    this.theta = theta;
    this.part = part;
    this.more = more;
  }

  /**
   * Reads them.
   *
   * @param theta the family's, where the file has none
   * @throws IOException naming the file and the field
   */
  static Rope read(ConfigJson json, double theta) throws IOException {
    return read(json, theta, 1, Set.of());
  }

  /**
   * Reads them.
   *
   * @param part how much of a head is turned, where the rotary object does not say it
   * @param more fields of the rotary object that the family reads itself
   */
  static Rope read(ConfigJson json, double theta, double part, Set<String> more)
      throws IOException {
    RopeFields fields = new RopeFields(json, theta(json, theta), part, Set.copyOf(more));
    ConfigJson given = object(json);
    Rope rope = fields.rope(given);
    if (!json.isEmpty(OLDER)
        && !json.isEmpty(NEWER)
        && !rope.equals(fields.rope(json.object(NEWER)))) {
      throw json.refusal(OLDER, "what " + NEWER + " says, or only one of the two fields");
    }
    return rope;
  }

  /** The rotary object that counts. */
  static ConfigJson object(ConfigJson json) throws IOException {
    return json.object(json.isEmpty(OLDER) ? NEWER : OLDER);
  }

  /**
   * Reads those of one kind of layers, of a family whose kinds differ: nested in {@code
   * rope_parameters}; in older files {@code rope_scaling} is about layers that see all.
   *
   * @param kind {@link #FULL} or {@link #SLIDING}
   * @param theta where the nested object has none
   */
  static Rope ofKind(ConfigJson json, String kind, double theta) throws IOException {
    RopeFields fields = new RopeFields(json, theta, 1, Set.of());
    ConfigJson nested = json.object(NEWER);
    for (String name : nested.fields()) {
      if (!name.equals(FULL) && !name.equals(SLIDING)) {
        throw nested.refusal(name, "nothing: this family's has " + FULL + " and " + SLIDING);
      }
    }
    boolean older = kind.equals(FULL) && !json.isEmpty(OLDER);
    if (older && !nested.isEmpty(FULL)) {
      throw json.refusal(OLDER, "nothing beside " + NEWER);
    }
    return fields.rope(older ? json.object(OLDER) : nested.object(kind));
  }

  static double theta(ConfigJson json, double absent) throws IOException {
    return json.positive("rope_theta", Double.POSITIVE_INFINITY, absent);
  }

  private Rope rope(ConfigJson json) throws IOException {
    String field = json.has("rope_type") ? "rope_type" : "type";
    String type = json.text(field, "default");
    // Phi-3's first files call it so.
    type = type.equals("su") ? "longrope" : type;
    Set<String> own = FIELDS.get(type);
    if (own == null) {
      throw json.refusal(field, "one of " + FIELDS.keySet());
    }
    requireOnly(json, own);
    return new Rope(
        theta(json, theta), json.number("partial_rotary_factor", part), scaling(type, json));
  }

  private Rope.@Nullable Scaling scaling(String type, ConfigJson json) throws IOException {
    return switch (type) {
      case "linear" -> new Rope.Linear(json.number("factor"));
      case "llama3" ->
          new Rope.Llama3(
              json.number("factor"),
              json.number("low_freq_factor"),
              json.number("high_freq_factor"),
              json.integer(ORIGINAL));
      case "yarn" -> yarn(json);
      case "longrope" -> longRope(json);
      // "dynamic" changes nothing within max_position_embeddings, which is the context here.
      case "dynamic" -> {
        json.need("factor");
        yield null;
      }
      default -> null;
    };
  }

  private Rope.Scaling yarn(ConfigJson json) throws IOException {
    int original = original(json);
    double factor = factor(json, original);
    double scale = json.number("mscale", 0);
    double scaleAll = json.number("mscale_all_dim", 0);
    double implied =
        scale != 0 && scaleAll != 0
            ? yarnScale(factor, scale) / yarnScale(factor, scaleAll)
            : yarnScale(factor, 1);
    double fast = json.number("beta_fast", 32);
    double slow = json.number("beta_slow", 1);
    return new Rope.Yarn(
        factor,
        original,
        json.number("attention_factor", implied),
        fast == 0 ? 32 : fast,
        slow == 0 ? 1 : slow,
        json.bool("truncate", true));
  }

  private static double yarnScale(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }

  private Rope.Scaling longRope(ConfigJson json) throws IOException {
    int original = original(json);
    double factor = factor(json, original);
    double implied = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    List<Double> shortFactors = json.numbers("short_factor");
    return new Rope.LongRope(
        shortFactors,
        json.numbers("long_factor"),
        original,
        json.number("attention_factor", implied));
  }

  /** As in transformers, the field of the whole goes before the one of the rotary object. */
  private int original(ConfigJson json) throws IOException {
    ConfigJson has = whole.has(ORIGINAL) ? whole : json;
    return has.has(ORIGINAL)
        ? has.integer(ORIGINAL, 1, Integer.MAX_VALUE)
        : whole.integer("max_position_embeddings");
  }

  private double factor(ConfigJson json, int original) throws IOException {
    return json.number("factor", (double) whole.integer("max_position_embeddings") / original);
  }

  private void requireOnly(ConfigJson json, Set<String> own) throws IOException {
    Set<String> known = Sets.union(Sets.union(ALWAYS, own), more);
    for (String field : json.fields()) {
      if (json.has(field) && !known.contains(field)) {
        throw json.refusal(field, "nothing: positions of this type have the fields " + known);
      }
    }
  }
}
