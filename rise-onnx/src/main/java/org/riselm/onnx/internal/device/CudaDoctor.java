package org.riselm.onnx.internal.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.riselm.onnx.internal.util.NativeCaches;

/**
 * Finds out whether CUDA can start here, and if not, what is missing. Loads CUDA's libraries if the
 * natives are those for a GPU; starts nothing on a device.
 */
public final class CudaDoctor {
  /** The library that brings CUDA's kernels; only GPU natives have it. */
  public static final String PROVIDER = "libonnxruntime_providers_cuda.so";

  private static final int CUDA_13 = 13_000;

  private CudaDoctor() {}

  /** Examines this machine and the natives of this process. */
  public static CudaDiagnosis examine() {
    return examine(natives(), CudaLibraries.folders());
  }

  /** Returns the folder of this process's natives. */
  private static Path natives() {
    NativeCaches.prepareJavaCpp();
    try {
      // By name: only the runtime package knows ONNX Runtime's classes.
      Class<?> presets = Class.forName("org.bytedeco.onnxruntime.global.onnxruntime");
      return Path.of(Loader.load(presets)).toAbsolutePath().resolveSibling("");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("org.bytedeco:onnxruntime is not on the class path", e);
    }
  }

  static CudaDiagnosis examine(Path natives, List<Path> folders) {
    List<String> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    String version = version();
    found.add("Java %s on %s".formatted(Runtime.version(), System.getProperty("os.arch")));
    found.add("ONNX Runtime %s, in %s".formatted(version, natives));
    driver(found, missing);
    if (!Files.exists(natives.resolve(PROVIDER))) {
      missing.add(
          "the GPU natives: there is no %s; add the dependency org.bytedeco:onnxruntime:%s:linux-x86_64-gpu"
              .formatted(PROVIDER, version));
      return new CudaDiagnosis(found, missing);
    }
    for (String library : CudaLibraries.NEEDED) {
      try {
        found.add(library + ", " + CudaLibraries.load(library, folders).getFile());
      } catch (UnsatisfiedLinkError e) {
        missing.add(
            "%s, looked for in %s and by the dynamic loader: %s; install %s, or name its folder with -D%s"
                .formatted(
                    library,
                    folders,
                    e.getMessage(),
                    library.startsWith("libcudnn") ? "cuDNN 9 for CUDA 13" : "CUDA 13",
                    CudaLibraries.PROPERTY));
      }
    }
    return new CudaDiagnosis(found, missing);
  }

  /** Returns the version of the dependency that brings ONNX Runtime. */
  static String version() {
    try {
      return Loader.getVersion("org.bytedeco", "onnxruntime");
    } catch (IOException e) {
      return "of unknown version";
    }
  }

  private static void driver(List<String> found, List<String> missing) {
    try {
      NvidiaDriver driver = NvidiaDriver.read();
      found.add("driver %s for CUDA %d".formatted(driver.version(), driver.cuda() / 1000));
      driver.devices().forEach(name -> found.add("device: " + name));
      if (driver.devices().isEmpty()) {
        missing.add("a device: the driver knows of none");
      }
      if (driver.cuda() < CUDA_13) {
        missing.add("a newer driver: the natives need CUDA 13, which drivers from 580 on run");
      }
    } catch (UnsatisfiedLinkError | IllegalStateException e) {
      missing.add(
          "the driver: %s; install NVIDIA's driver, in a container have it mounted (--gpus all)"
              .formatted(e.getMessage()));
    }
  }
}
