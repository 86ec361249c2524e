package org.riselm.onnx.internal.device;

import com.google.common.base.Splitter;
import com.google.common.base.Strings;
import com.sun.jna.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.onnx.internal.util.NativeCaches;

/**
 * Loads the libraries that ONNX Runtime's CUDA provider needs, from wherever NVIDIA puts them: once
 * they are loaded, the provider finds them by their names.
 */
public final class CudaLibraries {
  /** The system property with folders to look in first; {@code RISE_CUDA_PATH} has more. */
  static final String PROPERTY = "rise.cuda.path";

  /** CUDA's runtime library. */
  public static final String RUNTIME = "libcudart.so.13";

  /** What the provider needs, each behind those it needs itself. */
  static final List<String> NEEDED =
      List.of(RUNTIME, "libcublasLt.so.13", "libcublas.so.13", "libcufft.so.12", "libcudnn.so.9");

  private CudaLibraries() {}

  /** Returns the folders to look in before the dynamic loader does: the user's, then NVIDIA's. */
  static List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    for (String list :
        new String[] {System.getProperty(PROPERTY), System.getenv("RISE_CUDA_PATH")}) {
      Splitter.on(File.pathSeparatorChar)
          .omitEmptyStrings()
          .split(Strings.nullToEmpty(list))
          .forEach(folder -> folders.add(Path.of(folder)));
    }
    matching(Path.of("/usr/local"), "cuda*").forEach(cuda -> folders.add(cuda.resolve("lib64")));
    for (String home :
        new String[] {System.getenv("VIRTUAL_ENV"), System.getenv("CONDA_PREFIX"), "/usr/local"}) {
      for (Path python : matching(Path.of(Strings.nullToEmpty(home), "lib"), "python3*")) {
        matching(python.resolve("site-packages/nvidia"), "*")
            .forEach(wheel -> folders.add(wheel.resolve("lib")));
      }
    }
    return folders;
  }

  private static List<Path> matching(Path folder, String pattern) {
    List<Path> matching = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
        stream.forEach(matching::add);
      } catch (IOException e) {
        return List.of(); // A folder that may not be listed is as good as empty here.
      }
    }
    matching.sort(null);
    return matching;
  }

  /**
   * Loads a library from the first of {@code folders} that has it, or as the dynamic loader finds
   * it.
   *
   * @throws UnsatisfiedLinkError if it is nowhere, or does not load; the message says why
   */
  static NativeLibrary load(String library, List<Path> folders) {
    NativeCaches.prepareJna();
    for (Path folder : folders) {
      Path file = folder.resolve(library);
      if (Files.exists(file)) {
        return NativeLibrary.getInstance(file.toString());
      }
    }
    return NativeLibrary.getInstance(library);
  }

  /** Loads CUDA's runtime library; see {@link #load(String, List)}. */
  public static NativeLibrary runtime() {
    return load(RUNTIME, folders());
  }
}
