package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.List;

/** The families that are understood, each with the class that reads its configuration. */
final class Families {
  private static final List<FamilyFields> ALL =
      List.of(
          new LlamaFields(),
          new MistralFields(),
          new Ministral3Fields(),
          new Qwen2Fields(),
          new Qwen3Fields(),
          new SmolLm3Fields(),
          new Gemma2Fields(),
          new Gemma3Fields(),
          new Phi3Fields(),
          new Olmo2Fields(),
          new Olmo3Fields(),
          new GraniteFields(),
          new Granite4Fields());

  /** Fields that change the arithmetic in a way no family has, with the values that do not. */
  private static final List<ConfigJson.Expectation> EXPECTED =
      List.of(
          ConfigJson.Expectation.number("attention_dropout", 0),
          ConfigJson.Expectation.absent("quantization_config"),
          ConfigJson.Expectation.flag("is_causal", true));

  private Families() {}

  /**
   * Returns the reader of the configuration's family, and checks the fields that the family may not
   * change.
   *
   * @throws IOException naming the file and the field
   */
  static FamilyFields of(ConfigJson json) throws IOException {
    String type = json.text("model_type", "");
    for (FamilyFields fields : ALL) {
      if (fields.family().modelType().equals(type)) {
        for (List<ConfigJson.Expectation> expected : List.of(fields.expected(), EXPECTED)) {
          for (ConfigJson.Expectation e : expected) {
            json.require(e);
          }
        }
        return fields;
      }
    }
    throw json.refusal(
        "model_type", "one of " + ALL.stream().map(f -> f.family().modelType()).toList());
  }
}
