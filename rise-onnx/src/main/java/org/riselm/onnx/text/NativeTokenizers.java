package org.riselm.onnx.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import org.jspecify.annotations.Nullable;

/**
 * The native tokenizers library, loaded once and without the network.
 *
 * <p>DJL's own {@code HuggingFaceTokenizer} is passed by: it reports its use over the network,
 * truncates to 512 tokens by default, and copies nine arrays per text where one is needed.
 */
final class NativeTokenizers {
  private static final String OFFLINE = "ai.djl.offline";

  public static final TokenizersLibrary LIBRARY = load();

  private NativeTokenizers() {}

  // On a machine with CUDA, DJL downloads a CUDA build of the library unless it is told to stay
  // offline; offline it takes the CPU build from its jar. The switch is only needed while loading.
  private static TokenizersLibrary load() {
    String before = System.setProperty(OFFLINE, "true");
    try {
      LibUtils.checkStatus();
      return TokenizersLibrary.LIB;
    } finally {
      restore(before);
    }
  }

  private static void restore(@Nullable String before) {
    if (before == null) {
      System.clearProperty(OFFLINE);
    } else {
      System.setProperty(OFFLINE, before);
    }
  }
}
