package org.riselm.onnx.internal.folder;

import java.io.IOException;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/** Qwen3, the dense models: a norm over every query and key head. */
final class Qwen3Fields implements FamilyFields {
  @Override
  public Family family() {
    return Family.QWEN3;
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    json.require("mlp_bias", false);
    json.need("num_key_value_heads");
    json.need("head_dim");
    builder
        .style(BlockStyle.builder().headNorm(BlockStyle.HeadNorm.EACH).build())
        .biases(FamilyFields.attentionBias(json));
    Qwen2Fields.readWindow(json, builder);
  }
}
