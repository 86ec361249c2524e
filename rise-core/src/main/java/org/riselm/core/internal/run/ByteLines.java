package org.riselm.core.internal.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream's lines as bytes, each with its line break. Closes nothing. */
final class ByteLines {
  private static final int BLOCK = 1 << 16;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private int next;
  private int end;

  ByteLines(InputStream in) {
    this.in = in;
  }

  /** The next line; without a line break if the stream ends in it, empty at the stream's end. */
  byte[] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int from = next;
      while (next < end) {
        if (block[next++] == '\n') {
          line.write(block, from, next - from);
          return line.toByteArray();
        }
      }
      line.write(block, from, next - from);
      next = 0;
      end = Math.max(0, in.read(block));
      if (end == 0) {
        return line.toByteArray();
      }
    }
  }
}
