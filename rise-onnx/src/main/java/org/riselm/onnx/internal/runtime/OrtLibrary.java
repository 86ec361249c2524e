package org.riselm.onnx.internal.runtime;

import org.bytedeco.onnxruntime.OrtApi;
import org.riselm.onnx.internal.util.NativeLibrary;

/** Loads ONNX Runtime for everything that needs it, so that a failure is an exception each time. */
public final class OrtLibrary {
  private static final NativeLibrary<OrtApi> LIBRARY =
      new NativeLibrary<>("ONNX Runtime", () -> Ort.API);

  private OrtLibrary() {}

  /**
   * Has ONNX Runtime loaded, if it is not yet. Call before anything else of this package is used.
   *
   * @throws IllegalStateException if it cannot be loaded; says why and what to do
   */
  public static void require() {
    LIBRARY.get();
  }
}
