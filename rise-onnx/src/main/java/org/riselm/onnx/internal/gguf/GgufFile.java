package org.riselm.onnx.internal.gguf;

import static java.nio.file.StandardOpenOption.READ;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.riselm.onnx.Precision.Bits;
import org.riselm.onnx.internal.folder.safetensors.Dtype;
import org.riselm.onnx.internal.folder.safetensors.Finite;
import org.riselm.onnx.internal.folder.safetensors.TensorFile;
import org.riselm.onnx.internal.folder.safetensors.TensorInfo;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;
import org.riselm.onnx.internal.runtime.ElementType;
import org.riselm.onnx.internal.runtime.Tensor;

/**
 * The tensors of a GGUF file by Hugging Face's names, with rows in Hugging Face's order. Blocks are
 * read as the 32-bit floats that they stand for.
 */
public final class GgufFile implements TensorFile {
  private static final int PIECE = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final Map<String, GgufTensor> tensors;
  private final Map<String, RowOrder> orders;

  private GgufFile(
      Path file,
      FileChannel channel,
      Map<String, GgufTensor> tensors,
      Map<String, RowOrder> orders) {
    this.file = file;
    this.channel = channel;
    this.tensors = tensors;
    this.orders = orders;
  }

  /**
   * Opens the tensors of a model. The caller closes them.
   *
   * @throws IOException naming the file and the tensor or the key that is wrong
   */
  public static GgufFile open(Path file) throws IOException {
    GgufModel model = GgufModel.read(file);
    return new GgufFile(file, FileChannel.open(file, READ), model.tensors(), model.orders());
  }

  @Override
  public Path path() {
    return file;
  }

  @Override
  public Map<String, TensorInfo> entries() {
    Map<String, TensorInfo> entries = new LinkedHashMap<>();
    tensors.forEach(
        (name, t) -> {
          Dtype dtype = Dtype.of(elementType(t.type()));
          long end = t.elements() * dtype.bytes();
          entries.put(name, new TensorInfo(name, dtype, t.shape(), 0, end));
        });
    return entries;
  }

  private GgufTensor tensor(String name) throws IOException {
    GgufTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IOException(file + ": it has no tensor " + name);
    }
    return tensor;
  }

  private static ElementType elementType(GgufType type) {
    return switch (type) {
      case F16 -> ElementType.FLOAT16;
      case BF16 -> ElementType.BFLOAT16;
      default -> ElementType.FLOAT;
    };
  }

  @Override
  public ElementType elementType(String name) throws IOException {
    return elementType(tensor(name).type());
  }

  @Override
  public void copy(String name, Tensor target) throws IOException {
    GgufTensor t = tensor(name);
    ElementType type = elementType(t.type());
    boolean asItIs = target.type() == type && type != ElementType.FLOAT;
    if ((!asItIs && target.type() != ElementType.FLOAT) || target.elements() != t.elements()) {
      throw new IllegalArgumentException(
          "%s: %s of %d numbers does not fill %s".formatted(file, name, t.elements(), target));
    }
    TensorSource.Source numbers = numbers(name).source();
    float[] floats = new float[asItIs ? 0 : (int) Math.min(PIECE, t.elements())];
    for (long from = 0; from < t.elements(); from += PIECE) {
      int count = (int) Math.min(PIECE, t.elements() - from);
      try (Tensor part = target.slice(from, count)) {
        if (asItIs) {
          read(name, from, count, part.bytes());
        } else {
          numbers.read(from, floats, count);
          part.floats().put(floats, 0, count);
        }
        requireFinite(name, from, part.bytes(), Dtype.of(target.type()));
      }
    }
  }

  private void requireFinite(String name, long from, ByteBuffer bytes, Dtype dtype)
      throws IOException {
    long other = Finite.firstOther(bytes, dtype);
    if (other >= 0) {
      throw new IOException(
          "%s: %s: number %d of %d is infinite or NaN; the file is damaged, or its training diverged"
              .formatted(file, name, from + other, tensor(name).elements()));
    }
  }

  @Override
  public void requireFinite(String name) throws IOException {
    GgufTensor t = tensor(name);
    TensorSource.Source numbers = numbers(name).source();
    int most = (int) Math.min(PIECE, t.elements());
    float[] floats = new float[most];
    ByteBuffer bytes = little(most * Float.BYTES);
    for (long from = 0; from < t.elements(); from += most) {
      int count = (int) Math.min(most, t.elements() - from);
      numbers.read(from, floats, count);
      bytes.clear().asFloatBuffer().put(floats, 0, count);
      requireFinite(name, from, bytes.limit(count * Float.BYTES), Dtype.F32);
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public TensorSource numbers(String name) throws IOException {
    GgufTensor t = tensor(name);
    GgufType type = t.type();
    return new TensorSource(
        name,
        t.shape(),
        (from, target, count) -> {
          int size = type.blockSize();
          long first = from / size;
          int blocks = (int) ((from + count - 1) / size - first + 1);
          ByteBuffer bytes = little(blocks * type.blockBytes());
          read(name, first, blocks, bytes);
          bytes.flip();
          float[] whole = new float[size];
          for (int b = 0; b < blocks; b++) {
            int at = (int) ((first + b) * size - from);
            if (at >= 0 && at + size <= count) {
              type.decode(bytes, target, at);
            } else {
              type.decode(bytes, whole, 0);
              int begin = Math.max(at, 0);
              int end = Math.min(at + size, count);
              System.arraycopy(whole, begin - at, target, begin, end - begin);
            }
          }
        });
  }

  @Override
  public Optional<BlockSource> blocks(String name, Bits bits) throws IOException {
    GgufType type = tensor(name).type();
    if (type != (bits == Bits.EIGHT ? GgufType.Q8_0 : GgufType.Q4_0)) {
      return Optional.empty();
    }
    return Optional.of(
        (first, count, blocks, scales) -> {
          ByteBuffer bytes = little(count * type.blockBytes());
          read(name, first, count, bytes);
          bytes.flip();
          while (bytes.hasRemaining()) {
            scales.put(Blocks.half(bytes));
            if (bits == Bits.EIGHT) {
              Blocks.centerEightBits(bytes, blocks);
            } else {
              Blocks.pairFourBits(bytes, blocks);
            }
          }
        });
  }

  /** Reads blocks from {@code first} on, in Hugging Face's order of rows. */
  private void read(String name, long first, int count, ByteBuffer target) throws IOException {
    GgufTensor t = tensor(name);
    RowOrder order = requireNonNull(orders.get(name), name);
    long inRow = t.columns() / t.type().blockSize();
    long at = first;
    long end = first + count;
    while (at < end) {
      long next = order.isPlain() ? end : Math.min(end, (at / inRow + 1) * inRow);
      long source = order.isPlain() ? at : order.stored(at / inRow) * inRow + at % inRow;
      int bytes = (int) ((next - at) * t.type().blockBytes());
      ByteBuffer part = target.slice(target.position(), bytes);
      while (part.hasRemaining()) {
        long place = t.begin() + source * t.type().blockBytes() + part.position();
        if (channel.read(part, place) < 0) {
          throw new IOException("%s: %s: the file ends within it".formatted(file, t.name()));
        }
      }
      target.position(target.position() + bytes);
      at = next;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
