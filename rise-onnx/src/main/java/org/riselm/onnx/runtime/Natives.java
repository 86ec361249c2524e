package org.riselm.onnx.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.onnxruntime.StringVector;
import org.bytedeco.onnxruntime.global.onnxruntime;

/**
 * ONNX Runtime's native libraries, as this process has loaded them.
 *
 * @param folder they are in
 * @param version of ONNX Runtime
 * @param providers of kernels that were compiled into them; whether they start is another matter
 */
record Natives(Path folder, String version, List<String> providers) {
  /** The library that brings CUDA's kernels; only GPU natives have it. */
  static final String CUDA_PROVIDER = "libonnxruntime_providers_cuda.so";

  Natives {
    providers = List.copyOf(providers);
  }

  static Natives loaded() {
    Ort.load();
    List<String> providers = new ArrayList<>();
    try (StringVector names = onnxruntime.GetAvailableProviders()) {
      for (long i = 0; i < names.size(); i++) {
        providers.add(names.get(i).getString().replace("ExecutionProvider", ""));
      }
    }
    Path library = Path.of(Loader.load(onnxruntime.class)).toAbsolutePath();
    return new Natives(
        library.resolveSibling(""), onnxruntime.GetVersionString().getString(), providers);
  }

  Path cudaProvider() {
    return folder.resolve(CUDA_PROVIDER);
  }
}
