package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.riselm.onnx.model.Bias;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;
import org.riselm.onnx.model.Rope;

/**
 * Reads what sets one family apart from {@code config.json}. A new family is a class that
 * implements this and a line in {@link Families}.
 */
interface FamilyFields {
  /** Which family. */
  Family family();

  /**
   * Reads the features that set the family apart into {@code builder}, which has what the fields
   * say that all families have, and refuses values that ask for arithmetic which is not there.
   */
  void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException;

  /** How positions turn heads, but for layers that slide, where those differ. */
  default Rope rope(ConfigJson json) throws IOException {
    return RopeFields.read(json, 10_000);
  }

  /** Fields that change the arithmetic, with the values that do not. */
  default List<ConfigJson.Expectation> expected() {
    return List.of(
        ConfigJson.Expectation.text("hidden_act", "silu"),
        ConfigJson.Expectation.number("partial_rotary_factor", 1));
  }

  /** The biases of attention, if the field {@code attention_bias} is true. */
  static Set<Bias> attentionBias(ConfigJson json) throws IOException {
    Set<Bias> biases = EnumSet.noneOf(Bias.class);
    if (json.bool("attention_bias", false)) {
      biases.addAll(EnumSet.of(Bias.QUERY, Bias.KEY, Bias.VALUE, Bias.OUTPUT));
    }
    return biases;
  }

  /** The biases of attention and of the feed-forward layers. */
  static Set<Bias> biases(ConfigJson json) throws IOException {
    Set<Bias> biases = attentionBias(json);
    if (json.bool("mlp_bias", false)) {
      biases.add(Bias.FEED_FORWARD);
    }
    return biases;
  }
}
