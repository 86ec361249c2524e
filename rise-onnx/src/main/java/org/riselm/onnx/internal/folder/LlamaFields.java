package org.riselm.onnx.internal.folder;

import java.io.IOException;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;

/** Llama: biases that may be anywhere. */
final class LlamaFields implements FamilyFields {
  @Override
  public Family family() {
    return Family.LLAMA;
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    builder.biases(FamilyFields.biases(json));
  }
}
