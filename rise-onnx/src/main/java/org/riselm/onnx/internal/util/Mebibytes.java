package org.riselm.onnx.internal.util;

import java.util.Locale;

/** Formats numbers of bytes for messages. */
public final class Mebibytes {
  private Mebibytes() {}

  /** Returns {@code bytes} in MiB, rounded up, with separators of thousands and without a unit. */
  public static String format(long bytes) {
    return String.format(Locale.ROOT, "%,d", (bytes + (1 << 20) - 1) >> 20);
  }
}
