package org.riselm.onnx.internal.policy;

import com.google.common.primitives.ImmutableIntArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.riselm.onnx.text.PromptFormat;
import org.riselm.onnx.text.Tokenizer;

/** The tokens that end a response. */
public final class StopIds {
  private StopIds() {}

  /**
   * Returns those of a format that a model can give.
   *
   * @throws IOException naming the tokenizer's file, if the model cannot give the first of them,
   *     which it learns
   */
  public static ImmutableIntArray of(
      PromptFormat format, Tokenizer tokenizer, Path tokenizerJson, int vocabularySize)
      throws IOException {
    int[] ids = format.stopIds(tokenizer);
    if (ids.length > 0 && ids[0] >= vocabularySize) {
      throw new IOException(
          "%s: the token of id %d ends responses, and the model's embedding has ids up to %d"
              .formatted(tokenizerJson, ids[0], vocabularySize - 1));
    }
    return ImmutableIntArray.copyOf(Arrays.stream(ids).filter(id -> id < vocabularySize).toArray());
  }
}
