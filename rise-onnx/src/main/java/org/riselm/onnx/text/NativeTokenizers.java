package org.riselm.onnx.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.riselm.onnx.internal.util.NativeCaches;
import org.riselm.onnx.internal.util.NativeFolder;
import org.riselm.onnx.internal.util.NativeLibrary;

/**
 * The native tokenizers library, loaded once and without the network.
 *
 * <p>DJL's own {@code HuggingFaceTokenizer} is passed by: it reports its use over the network,
 * truncates to 512 tokens by default, and copies nine arrays per text where one is needed.
 */
final class NativeTokenizers {
  private static final NativeLibrary<TokenizersLibrary> LIBRARY =
      new NativeLibrary<>("the tokenizers", NativeTokenizers::load);

  private NativeTokenizers() {}

  /**
   * Returns the library.
   *
   * @throws IllegalStateException if it cannot be loaded; says why and what to do
   */
  static TokenizersLibrary library() {
    return LIBRARY.get();
  }

  private static TokenizersLibrary load() {
    Map<String, String> settings = new LinkedHashMap<>();
    // On a machine with CUDA, DJL downloads a CUDA build of the library unless it is told to stay
    // offline; offline it takes the CPU build from its jar.
    settings.put("ai.djl.offline", "true");
    settings.put("ENGINE_CACHE_DIR", cache().toString());
    NativeCaches.prepareJna(); // DJL asks JNA what CUDA there is.
    return with(
        settings,
        () -> {
          LibUtils.checkStatus();
          return TokenizersLibrary.LIB;
        });
  }

  /** Returns where DJL unpacks: where it would, if only this user can write there. */
  private static Path cache() {
    Path usual = Path.of(System.getProperty("user.home"), ".djl.ai");
    String engines = setting("ENGINE_CACHE_DIR");
    return engines == null
        ? NativeFolder.choose("DJL_CACHE_DIR", setting("DJL_CACHE_DIR"), usual)
        : NativeFolder.choose("ENGINE_CACHE_DIR", engines, usual);
  }

  /** Returns a setting as DJL looks it up. */
  private static @Nullable String setting(String name) {
    String value = System.getenv(name);
    value = value == null ? System.getProperty(name) : value;
    return value == null || value.isEmpty() ? null : value;
  }

  /** Loads with system properties that are as they were afterwards. */
  private static <T> T with(Map<String, String> settings, Supplier<T> loading) {
    Map<String, @Nullable String> before = new LinkedHashMap<>();
    settings.forEach((name, value) -> before.put(name, System.setProperty(name, value)));
    try {
      return loading.get();
    } finally {
      before.forEach(
          (name, value) -> {
            if (value == null) {
              System.clearProperty(name);
            } else {
              System.setProperty(name, value);
            }
          });
    }
  }
}
