package org.riselm.onnx.internal.folder;

import java.io.IOException;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/** OLMo 2: norms behind the layers, and over all queries and all keys together. */
final class Olmo2Fields implements FamilyFields {
  @Override
  public Family family() {
    return new Family("olmo2", "Olmo2ForCausalLM");
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    readShared(json, builder);
  }

  static void readShared(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    builder
        .normEpsilon(json.positive("rms_norm_eps", 1, 1e-5))
        .biases(FamilyFields.attentionBias(json))
        .style(
            BlockStyle.builder()
                .norms(BlockStyle.Norms.AFTER, false)
                .headNorm(BlockStyle.HeadNorm.TOGETHER)
                .build());
  }
}
