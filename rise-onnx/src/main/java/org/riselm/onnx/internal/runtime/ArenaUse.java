package org.riselm.onnx.internal.runtime;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.OrtAllocator;
import org.bytedeco.onnxruntime.OrtKeyValuePairs;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.bytedeco.onnxruntime.OrtSession;

/** What ONNX Runtime says about the memory that a session has for its runs. */
public final class ArenaUse {
  /** What is asked for. */
  public enum Figure {
    /** Bytes in use now. */
    NOW("InUse"),
    /** The most bytes that were ever in use. */
    MOST("MaxInUse");

    private final String key;

    Figure(String key) {
      this.key = key;
    }
  }

  private ArenaUse() {}

  static long of(OrtSession session, OrtMemoryInfo memory, Figure figure) {
    OrtAllocator allocator =
        Ort.out(
            "find a session's memory",
            p -> Ort.API.CreateAllocator(session, memory, p),
            OrtAllocator::new);
    try (BytePointer key = new BytePointer(figure.key)) {
      OrtKeyValuePairs figures =
          Ort.out(
              "measure a session's memory",
              p -> Ort.API.AllocatorGetStats(allocator, p),
              OrtKeyValuePairs::new);
      try {
        BytePointer value = Ort.API.GetKeyValue().call(figures, key);
        // An allocator without an arena has no figures.
        return value == null || value.isNull() ? 0 : Long.parseLong(value.getString());
      } finally {
        Ort.API.ReleaseKeyValuePairs(figures);
      }
    } finally {
      Ort.API.ReleaseAllocator(allocator);
    }
  }
}
