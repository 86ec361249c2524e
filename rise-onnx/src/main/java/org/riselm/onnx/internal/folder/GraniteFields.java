package org.riselm.onnx.internal.folder;

import java.io.IOException;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/** Granite 3, the dense models: Llama with four scalars. */
final class GraniteFields implements FamilyFields {
  @Override
  public Family family() {
    return new Family("granite", "GraniteForCausalLM");
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    builder.biases(FamilyFields.biases(json)).style(scalars(json).build());
  }

  static BlockStyle.Builder scalars(ConfigJson json) throws IOException {
    return BlockStyle.builder()
        .multipliers(factor(json, "embedding_multiplier"), factor(json, "residual_multiplier"))
        .attentionScale(factor(json, "attention_multiplier"))
        .logitsDivisor(factor(json, "logits_scaling"));
  }

  private static double factor(ConfigJson json, String field) throws IOException {
    return json.positive(field, Double.POSITIVE_INFINITY, 1);
  }
}
