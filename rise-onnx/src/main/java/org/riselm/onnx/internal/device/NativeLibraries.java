package org.riselm.onnx.internal.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.onnxruntime.StringVector;
import org.bytedeco.onnxruntime.global.onnxruntime;
import org.riselm.onnx.internal.runtime.Ort;

/**
 * ONNX Runtime's native libraries, as this process has loaded them.
 *
 * @param folder they are in
 * @param version of ONNX Runtime
 * @param providers of kernels that were compiled into them; whether they start is another matter
 */
public record NativeLibraries(Path folder, String version, List<String> providers) {
  /** The library that brings CUDA's kernels; only GPU natives have it. */
  public static final String CUDA_PROVIDER = "libonnxruntime_providers_cuda.so";

  public NativeLibraries {
    providers = List.copyOf(providers);
  }

  public static NativeLibraries loaded() {
    Ort.load();
    List<String> providers = new ArrayList<>();
    try (StringVector names = onnxruntime.GetAvailableProviders()) {
      for (long i = 0; i < names.size(); i++) {
        providers.add(names.get(i).getString().replace("ExecutionProvider", ""));
      }
    }
    Path library = Path.of(Loader.load(onnxruntime.class)).toAbsolutePath();
    return new NativeLibraries(
        library.resolveSibling(""), onnxruntime.GetVersionString().getString(), providers);
  }

  Path cudaProvider() {
    return folder.resolve(CUDA_PROVIDER);
  }
}
