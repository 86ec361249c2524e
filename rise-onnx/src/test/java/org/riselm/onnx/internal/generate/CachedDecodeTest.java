package org.riselm.onnx.internal.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.primitives.ImmutableIntArray;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.riselm.onnx.GoldenModel;
import org.riselm.onnx.internal.decoder.DecoderGraphs;
import org.riselm.onnx.internal.decoder.ParameterBlock;
import org.riselm.onnx.internal.decoder.ParameterLayout;
import org.riselm.onnx.internal.decoder.RotaryAngles;
import org.riselm.onnx.internal.runtime.OnnxSession;
import org.riselm.onnx.internal.runtime.SessionSettings;
import org.riselm.onnx.internal.util.Resources;
import org.riselm.onnx.model.Rope;

/**
 * The logits of 64 cached steps, past every sliding window, against those of Hugging Face's model
 * in PyTorch.
 */
class CachedDecodeTest {
  // Positions of the others turn differently once a sequence is long, and are cached as they were.
  static final List<String> LENGTH_NEVER_COUNTS =
      GoldenModel.NAMES.stream()
          .filter(
              name -> !(GoldenModel.read(name).config().rope().scaling() instanceof Rope.LongRope))
          .toList();

  @ParameterizedTest
  @FieldSource("org.riselm.onnx.GoldenModel#NAMES")
  void cachedStepsGiveTheLogitsOfPyTorch(String family) {
    GoldenModel golden = GoldenModel.read(family);
    int vocabulary = golden.config().vocabularySize();
    int[] ids = golden.ids();
    int prompt = golden.document().get("promptLength").asInt();
    float[] expected = golden.tensor("decodedLogits");
    assertEquals((ids.length - prompt + 1) * vocabulary, expected.length);
    try (Resources owner = new Resources()) {
      ParameterBlock weights = owner.add(golden.start());
      OnnxSession session =
          owner.add(
              OnnxSession.load(
                  DecoderGraphs.sampling(ParameterLayout.full(golden.config())).toModel(),
                  new SessionSettings(1, weights.tensors())));
      DecoderRunner forward =
          new DecoderRunner(
              session, DecoderSizes.of(session), RotaryAngles.of(golden.config()), 2, owner);
      forward.reserve(2, golden.config().contextLength());
      // A shorter neighbour in the second row pads the prefill and has other lengths later.
      ImmutableIntArray whole = ImmutableIntArray.copyOf(ids).subArray(0, prompt);
      forward.prefill(0, List.of(whole, whole.subArray(0, prompt - 2)));
      for (int step = 0; step <= ids.length - prompt; step++) {
        if (step > 0) {
          forward.next(0, ids[prompt + step - 1], prompt + step);
          forward.next(1, ids[prompt - 3 + step], prompt - 2 + step);
          forward.decode(2);
        }
        for (int v = 0; v < vocabulary; v++) {
          int i = step * vocabulary + v;
          assertEquals(expected[i], forward.logits().floats().get(v), 1e-4, "step " + step);
          if (step >= 2) {
            int behind = (step - 2) * vocabulary + v;
            assertEquals(expected[behind], forward.logits().floats().get(vocabulary + v), 1e-4);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource("LENGTH_NEVER_COUNTS")
  void aSequenceRunInPartsGivesTheLogitsOfPyTorch(String family) {
    GoldenModel golden = GoldenModel.read(family);
    int vocabulary = golden.config().vocabularySize();
    ImmutableIntArray ids = ImmutableIntArray.copyOf(golden.ids());
    int prompt = golden.document().get("promptLength").asInt();
    float[] expected = golden.tensor("decodedLogits");
    try (Resources owner = new Resources()) {
      ParameterBlock weights = owner.add(golden.start());
      OnnxSession session =
          owner.add(
              OnnxSession.load(
                  DecoderGraphs.sampling(ParameterLayout.full(golden.config())).toModel(),
                  new SessionSettings(1, weights.tensors())));
      DecoderRunner forward =
          new DecoderRunner(
              session, DecoderSizes.of(session), RotaryAngles.of(golden.config()), 3, owner);
      forward.reserve(3, golden.config().contextLength());
      for (int first : new int[] {1, prompt, ids.length() - 1}) {
        ImmutableIntArray part = ids.subArray(0, first);
        forward.prefill(0, List.of(part, part, part));
        // The middle row, so that an offset that is left out shows.
        forward.extend(1, ids, first);
        float[] logits = forward.logits().toFloats();
        int last = (ids.length() - prompt) * vocabulary;
        for (int v = 0; v < vocabulary; v++) {
          assertEquals(expected[last + v], logits[vocabulary + v], 1e-4, "first part of " + first);
        }
      }
    }
  }
}
