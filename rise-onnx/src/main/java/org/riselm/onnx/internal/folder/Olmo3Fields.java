package org.riselm.onnx.internal.folder;

import java.io.IOException;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;
import org.riselm.onnx.model.Rope;

/** OLMo 3: OLMo 2 with a window in three of four layers, where positions are not stretched. */
final class Olmo3Fields implements FamilyFields {
  @Override
  public Family family() {
    return new Family("olmo3", "Olmo3ForCausalLM");
  }

  @Override
  public Rope rope(ConfigJson json) throws IOException {
    return RopeFields.ofKind(json, RopeFields.FULL, RopeFields.theta(json, 500_000));
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    Olmo2Fields.readShared(json, builder);
    Gemma2Fields.readWindow(json, builder, LayerKinds.sliding(json, i -> (i + 1) % 4 != 0));
    double theta = RopeFields.theta(json, 500_000);
    builder.slidingRope(RopeFields.ofKind(json, RopeFields.SLIDING, theta));
  }
}
