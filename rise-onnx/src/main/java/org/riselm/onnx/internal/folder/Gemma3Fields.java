package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.util.List;
import org.riselm.onnx.model.BlockStyle;
import org.riselm.onnx.model.DecoderConfig;
import org.riselm.onnx.model.Family;
import org.riselm.onnx.model.Rope;

/** Gemma 3, the text models: head norms, and a base of its own for layers that see a window. */
final class Gemma3Fields implements FamilyFields {
  @Override
  public Family family() {
    return new Family("gemma3_text", "Gemma3ForCausalLM");
  }

  @Override
  public List<ConfigJson.Expectation> expected() {
    return Gemma2Fields.activations();
  }

  @Override
  public Rope rope(ConfigJson json) throws IOException {
    return RopeFields.ofKind(json, RopeFields.FULL, RopeFields.theta(json, 1_000_000));
  }

  @Override
  public void read(ConfigJson json, DecoderConfig.Builder builder) throws IOException {
    Gemma2Fields.readShared(json, builder, BlockStyle.HeadNorm.EACH, 0, 0);
    String field = "sliding_window_pattern";
    int pattern = json.has(field) ? json.integer(field, 1, Integer.MAX_VALUE) : 6;
    Gemma2Fields.readWindow(json, builder, LayerKinds.sliding(json, i -> (i + 1) % pattern != 0));
    double local = json.positive("rope_local_base_freq", Double.POSITIVE_INFINITY, 10_000);
    builder.slidingRope(RopeFields.ofKind(json, RopeFields.SLIDING, local));
  }
}
