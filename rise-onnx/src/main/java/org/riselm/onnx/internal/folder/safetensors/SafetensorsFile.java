package org.riselm.onnx.internal.folder.safetensors;

import static java.nio.channels.FileChannel.MapMode.READ_ONLY;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;

/** A safetensors file, open for reading. Its tensors are mapped when they are copied out. */
public final class SafetensorsFile implements TensorFile {
  /** The largest header that the format's own reader takes. */
  static final int LARGEST_HEADER = 100_000_000;

  // A mapping takes address space and page tables, so long tensors are mapped piece by piece.
  private static final long PIECE = 64L << 20;

  private final Path file;
  private final FileChannel channel;
  private final Map<String, TensorInfo> entries;
  private final Map<String, String> metadata;
  private final long dataStart;

  private SafetensorsFile(
      Path file,
      FileChannel channel,
      Map<String, TensorInfo> entries,
      Map<String, String> metadata,
      long dataStart) {
    this.file = file;
    this.channel = channel;
    this.entries = Collections.unmodifiableMap(entries);
    this.metadata = metadata;
    this.dataStart = dataStart;
  }

  /**
   * Reads and checks the header: its length, its JSON, and that the tensors' bytes lie side by side
   * from the header to the end of the file, each as long as its shape says. The caller closes it.
   *
   * @throws IOException naming the file and the tensor that is wrong
   */
  public static SafetensorsFile open(Path file) throws IOException {
    try {
      InputFiles.check(file);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          file.toString(),
          null,
          "there is no such file; weights must be in the safetensors format");
    }
    FileChannel channel = FileChannel.open(file, READ);
    try {
      long size = channel.size();
      if (size < Long.BYTES) {
        throw new IOException("%s: %d bytes are too few for a header".formatted(file, size));
      }
      long length = read(file, channel, 0, Long.BYTES).getLong();
      if (length < 2 || length > LARGEST_HEADER || length > size - Long.BYTES) {
        throw new IOException(
            "%s: the header's length is %d; at least 2, at most %d, and the file has %d bytes"
                .formatted(file, length, LARGEST_HEADER, size));
      }
      byte[] header = read(file, channel, Long.BYTES, (int) length).array();
      long dataStart = Long.BYTES + length;
      HeaderReader reader = new HeaderReader(file, size - dataStart);
      Map<String, TensorInfo> entries = reader.read(header);
      return new SafetensorsFile(file, channel, entries, reader.metadata(), dataStart);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  private static ByteBuffer read(Path file, FileChannel channel, long from, int length)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new IOException(file + ": it ends within its header");
      }
    }
    return bytes.flip();
  }

  @Override
  public Path path() {
    return file;
  }

  /** The texts that the header has beside the tensors. */
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public Map<String, TensorInfo> entries() {
    return entries;
  }

  @Override
  public ElementType elementType(String name) throws IOException {
    return readable(name).dtype().elementType();
  }

  @Override
  public void copy(String name, Tensor target) throws IOException {
    TensorInfo entry = readable(name);
    Dtype dtype = entry.dtype();
    boolean asItIs = target.type() == dtype.elementType();
    if ((!asItIs && target.type() != ElementType.FLOAT) || target.elements() != entry.elements()) {
      throw new IllegalArgumentException(
          "%s: %s of %d numbers does not fill %s".formatted(file, name, entry.elements(), target));
    }
    long step = PIECE / dtype.bytes();
    for (long from = 0; from < entry.elements(); from += step) {
      long count = Math.min(step, entry.elements() - from);
      try (Tensor part = target.slice(from, count)) {
        if (asItIs) {
          read(entry, from * dtype.bytes(), part.bytes());
          requireFinite(entry, from, part.bytes());
        } else {
          ByteBuffer piece = map(entry, from * dtype.bytes(), count * dtype.bytes());
          requireFinite(entry, from, piece);
          dtype.copy(piece, part.floats());
        }
      }
    }
  }

  private void requireFinite(TensorInfo entry, long from, ByteBuffer piece) throws IOException {
    long other = Finite.firstOther(piece, entry.dtype());
    if (other >= 0) {
      throw new IOException(
          "%s: %s: number %d of %d is infinite or NaN; the file is damaged, or its training diverged"
              .formatted(file, entry.name(), from + other, entry.elements()));
    }
  }

  @Override
  public void requireFinite(String name) throws IOException {
    TensorInfo entry = readable(name);
    long step = PIECE / entry.dtype().bytes();
    for (long from = 0; from < entry.elements(); from += step) {
      long count = Math.min(step, entry.elements() - from);
      int size = entry.dtype().bytes();
      requireFinite(entry, from, map(entry, from * size, count * size));
    }
  }

  // Without a mapping: mapped pages would count as this process's memory until they are unmapped.
  private void read(TensorInfo entry, long from, ByteBuffer target) throws IOException {
    long start = dataStart + entry.begin() + from;
    while (target.hasRemaining()) {
      if (channel.read(target, start + target.position()) < 0) {
        throw new IOException("%s: %s: the file ends within it".formatted(file, entry.name()));
      }
    }
  }

  @Override
  public TensorSource numbers(String name) throws IOException {
    TensorInfo entry = readable(name);
    Dtype dtype = entry.dtype();
    return new TensorSource(
        name,
        entry.shape(),
        (from, target, count) -> {
          ByteBuffer bytes =
              ByteBuffer.allocate(count * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
          read(entry, from * dtype.bytes(), bytes);
          dtype.copy(bytes.flip(), FloatBuffer.wrap(target));
        });
  }

  /**
   * What the header says of a tensor whose numbers can be read.
   *
   * @throws IOException naming the file and the tensor, if there is none of this name, or its
   *     numbers are of another type
   */
  TensorInfo readable(String name) throws IOException {
    TensorInfo entry = entry(name);
    if (!entry.dtype().isReadable()) {
      throw new IOException(
          "%s: %s: its dtype is %s; supported are F32, F16 and BF16"
              .formatted(file, name, entry.dtype()));
    }
    return entry;
  }

  /**
   * What the header says of a tensor.
   *
   * @throws IOException naming the file, if there is none of this name
   */
  TensorInfo entry(String name) throws IOException {
    TensorInfo entry = entries.get(name);
    if (entry == null) {
      throw new IOException(file + ": it has no tensor " + name);
    }
    return entry;
  }

  private ByteBuffer map(TensorInfo entry, long from, long bytes) throws IOException {
    return channel
        .map(READ_ONLY, dataStart + entry.begin() + from, bytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether two tensors, of this file and of {@code otherFile}, are the same, bit by bit. */
  boolean areEqual(TensorInfo mine, SafetensorsFile otherFile, TensorInfo other)
      throws IOException {
    if (mine.dtype() != other.dtype() || !mine.shape().equals(other.shape())) {
      return false;
    }
    long all = mine.end() - mine.begin();
    for (long from = 0; from < all; from += PIECE) {
      long bytes = Math.min(PIECE, all - from);
      if (!map(mine, from, bytes).equals(otherFile.map(other, from, bytes))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
