package org.riselm.onnx.internal.runtime;

import org.bytedeco.onnxruntime.OrtPrepackedWeightsContainer;
import org.jspecify.annotations.Nullable;

/**
 * Weights as the matrix products of a CPU want them, of which sessions that are loaded with this
 * share one copy. Close it after them. Not thread-safe while sessions load.
 */
public final class PackedWeights implements AutoCloseable {
  private @Nullable OrtPrepackedWeightsContainer container;

  /** Holds nothing yet. */
  public PackedWeights() {
    container =
        Ort.out(
            "make room for packed weights",
            Ort.API::CreatePrepackedWeightsContainer,
            OrtPrepackedWeightsContainer::new);
    NativeMemory.opened(0);
  }

  OrtPrepackedWeightsContainer container() {
    if (container == null) {
      throw new IllegalStateException("the packed weights are closed");
    }
    return container;
  }

  @Override
  public void close() {
    if (container == null) {
      return;
    }
    Ort.API.ReleasePrepackedWeightsContainer(container);
    container = null;
    NativeMemory.closed(0);
  }
}
