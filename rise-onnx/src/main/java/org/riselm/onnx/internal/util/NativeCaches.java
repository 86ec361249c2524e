package org.riselm.onnx.internal.util;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/** Where JavaCPP and JNA unpack native libraries, which only this user may be able to write. */
public final class NativeCaches {
  private static final String JAVACPP = "org.bytedeco.javacpp.cachedir";
  private static final String JNA = "jna.tmpdir";

  private NativeCaches() {}

  /**
   * Has JavaCPP, and with it ONNX Runtime, unpack to a safe folder; call before it loads anything.
   *
   * @throws IllegalStateException as {@link NativeFolder#choose} does
   */
  public static void prepareJavaCpp() {
    String named = System.getProperty(JAVACPP, System.getProperty("org.bytedeco.javacpp.cacheDir"));
    Path usual = Path.of(System.getProperty("user.home"), ".javacpp", "cache");
    Path folder = NativeFolder.choose("-D" + JAVACPP, named, usual);
    System.setProperty(JAVACPP, folder.toString());
    try {
      Path used = Loader.getCacheDir().toPath();
      if (!used.equals(folder)) { // Others in this process used JavaCPP before.
        NativeFolder.choose("-D" + JAVACPP, used.toString(), usual);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Has JNA unpack to a safe folder; call before it loads anything.
   *
   * @throws IllegalStateException as {@link NativeFolder#choose} does
   */
  public static void prepareJna() {
    Path usual = Path.of(System.getProperty("user.home"), ".cache", "JNA", "temp");
    Path folder = NativeFolder.choose("-D" + JNA, System.getProperty(JNA), usual);
    System.setProperty(JNA, folder.toString());
  }
}
