package org.riselm.onnx.internal.device;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out whether CUDA can start here, and if not, what is missing. Looks at files, and asks the
 * driver if there is one; starts nothing on a device.
 */
public final class CudaDoctor {
  /** What a user adds to get the GPU natives. */
  static final String DEPENDENCY = "org.bytedeco:onnxruntime:%s:linux-x86_64-gpu";

  private static final String PRESETS = "1.24.1-1.5.13";
  // cuDNN opens these itself, when it first needs them.
  private static final List<String> CUDNN_PARTS =
      List.of("libcudnn_graph.so.9", "libcudnn_ops.so.9");
  // The process would not be here without them.
  private static final List<String> ALWAYS_THERE =
      List.of(
          "libc.",
          "libm.",
          "libstdc++.",
          "libgcc_s.",
          "libdl.",
          "librt.",
          "libpthread.",
          "ld-linux");

  private final LibraryFolders folders;
  private final List<String> found = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final Map<String, Path> libraries = new LinkedHashMap<>();

  private CudaDoctor(LibraryFolders folders) {
    this.folders = folders;
  }

  /** Examines this machine and the natives of this process. */
  public static CudaDiagnosis examine() {
    return new CudaDoctor(LibraryFolders.ofThisMachine()).examine(NativeLibraries.loaded());
  }

  static CudaDiagnosis examine(NativeLibraries natives, LibraryFolders folders) {
    return new CudaDoctor(folders).examine(natives);
  }

  /**
   * The libraries that CUDA's provider needs and that are there, by name, each behind those it
   * needs itself.
   */
  static Map<String, Path> libraries(NativeLibraries natives, LibraryFolders folders) {
    CudaDoctor doctor = new CudaDoctor(folders);
    doctor.need(natives.cudaProvider(), natives.folder());
    return doctor.libraries;
  }

  private CudaDiagnosis examine(NativeLibraries natives) {
    found.add(
        "Java %s on %s %s"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch")));
    found.add(
        "ONNX Runtime %s with %s, in %s"
            .formatted(natives.version(), natives.providers(), natives.folder()));
    driver();
    if (Files.exists(natives.cudaProvider())) {
      need(natives.cudaProvider(), natives.folder());
      libraries.forEach((name, path) -> found.add(name + version(name, path) + ", " + path));
    } else {
      missing.add(
          "the GPU natives: these have no %s; add the dependency %s"
              .formatted(NativeLibraries.CUDA_PROVIDER, DEPENDENCY.formatted(PRESETS)));
    }
    List<String> lookedIn = new ArrayList<>();
    folders.folders().forEach((folder, source) -> lookedIn.add(folder + " (" + source + ")"));
    return new CudaDiagnosis(found, missing, lookedIn);
  }

  private void driver() {
    String advice = "; install NVIDIA's driver, in a container have it mounted (--gpus all)";
    Optional<Path> cuda = folders.find("libcuda.so.1");
    if (cuda.isEmpty()) {
      missing.add("the driver: no libcuda.so.1" + advice);
      return;
    }
    String library =
        folders.find(NvidiaDriver.LIBRARY).map(Path::toString).orElse(NvidiaDriver.LIBRARY);
    try {
      NvidiaDriver driver = NvidiaDriver.read(library);
      found.add(
          "driver %s for CUDA up to %s, %s"
              .formatted(driver.version(), driver.cudaVersion(), cuda.get()));
      driver.devices().forEach(d -> found.add("device: " + d));
      if (driver.devices().isEmpty()) {
        missing.add("a device: the driver knows of none");
      }
      if (Integer.parseInt(driver.cudaVersion().replaceAll("\\..*", "")) < 13) {
        missing.add(
            "a newer driver: this one runs CUDA up to %s, the natives need 13; drivers from 580 on have it"
                .formatted(driver.cudaVersion()));
      }
    } catch (UnsatisfiedLinkError | IllegalStateException e) {
      missing.add(
          "the driver: %s is there, but %s says: %s%s"
              .formatted(cuda.get(), library, e.getMessage(), advice));
    }
  }

  /** Looks for all that {@code library} needs, beside it and in the folders. */
  private void need(Path library, Path beside) {
    List<String> needed;
    try {
      needed = ElfFile.needed(library);
    } catch (IOException e) {
      missing.add(library + " cannot be read: " + e.getMessage());
      return;
    }
    for (String name : needed) {
      boolean known =
          libraries.containsKey(name)
              || ALWAYS_THERE.stream().anyMatch(name::startsWith)
              || Files.exists(beside.resolve(name));
      if (!known) {
        find(name, library);
      }
    }
  }

  private void find(String name, Path user) {
    Optional<Path> path = folders.find(name);
    if (path.isEmpty()) {
      String line = name + ", which " + user.getFileName() + " needs: " + advice(name);
      if (missing.stream().noneMatch(m -> m.startsWith(name + ","))) {
        missing.add(line);
      }
      return;
    }
    need(path.get(), path.get().resolveSibling(""));
    libraries.put(name, path.get());
    if (name.startsWith("libcudnn.so")) {
      for (String part : CUDNN_PARTS) {
        if (!Files.exists(path.get().resolveSibling(part)) && folders.find(part).isEmpty()) {
          missing.add(part + ", a part of cuDNN that " + path.get() + " opens: " + advice(part));
        }
      }
    }
  }

  private String advice(String name) {
    List<Path> others = folders.otherVersions(name);
    String from =
        name.startsWith("libcudnn") ? "cuDNN 9 for CUDA 13" : "CUDA 13 (its runtime libraries)";
    return (others.isEmpty() ? "found nowhere" : "found in other versions only, " + others)
        + "; install "
        + from
        + ", or name its folder with -D"
        + LibraryFolders.PROPERTY;
  }

  /** What a library says of itself, or what its file's name says; nothing if neither does. */
  private static String version(String name, Path path) {
    String file = real(path).getFileName().toString();
    String byName = file.length() > name.length() && file.startsWith(name) ? " (" + file + ")" : "";
    try {
      if (name.startsWith("libcudart")) {
        IntByReference number = new IntByReference();
        function(path, "cudaRuntimeGetVersion").invokeInt(new Object[] {number});
        return " %d.%d".formatted(number.getValue() / 1000, number.getValue() % 1000 / 10);
      }
      if (name.startsWith("libcudnn")) {
        long number = function(path, "cudnnGetVersion").invokeLong(new Object[0]);
        return String.format(
            Locale.ROOT, " %d.%d.%d", number / 10000, number % 10000 / 100, number % 100);
      }
    } catch (UnsatisfiedLinkError e) {
      return byName + ", which does not load: " + e.getMessage();
    }
    return byName;
  }

  private static Function function(Path library, String name) {
    return NativeLibrary.getInstance(library.toString()).getFunction(name);
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }
}
