package org.riselm.onnx.internal.graph;

import static java.nio.channels.FileChannel.MapMode.READ_ONLY;
import static java.nio.file.StandardOpenOption.READ;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Parts of files as buffers. */
final class MappedBytes {
  /** Up to here a copy costs less than a mapping, and leaves the file alone. */
  private static final long COPIED = 1 << 20;

  private MappedBytes() {}

  /** So many bytes of {@code file} from {@code offset} on: mapped, or copied if they are few. */
  static ByteBuffer of(Path file, long offset, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, READ)) {
      if (length > COPIED) {
        return channel.map(READ_ONLY, offset, length);
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) length);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new EOFException(file + ": it ends while it is read");
        }
      }
      return bytes.flip();
    }
  }
}
