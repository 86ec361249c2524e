package org.riselm.onnx.internal.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.AtomicFiles;
import org.riselm.onnx.internal.folder.safetensors.TensorSource;

/** Collects the keys and tensors of a GGUF file, and writes it. Equal ones give equal bytes. */
final class GgufWriter {
  private static final int PIECE = 1 << 20;

  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final List<Entry> tensors = new ArrayList<>();

  /**
   * A tensor to write.
   *
   * @param name llama.cpp's
   * @param numbers in Hugging Face's order of rows
   */
  private record Entry(String name, GgufType type, RowOrder order, TensorSource numbers) {
    long bytes() {
      return numbers.elements() / type.blockSize() * type.blockBytes();
    }
  }

  /**
   * Adds a key.
   *
   * @param value a String, an Integer (which is written without a sign), a Float, a Boolean, or a
   *     list of Strings, Integers (which are written with a sign) or Floats
   */
  void put(String key, Object value) {
    metadata.put(key, value);
  }

  void add(String name, GgufType type, RowOrder order, TensorSource numbers) {
    tensors.add(new Entry(name, type, order, numbers));
  }

  /** Writes the file, which appears whole or not at all. */
  void write(Path file) throws IOException {
    byte[] header = header();
    try {
      AtomicFiles.write(
          file,
          channel -> {
            AtomicFiles.writeAll(channel, ByteBuffer.wrap(header));
            for (Entry entry : tensors) {
              pad(channel);
              write(entry, channel);
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static long aligned(long bytes) {
    return (bytes + GgufHeader.ALIGNMENT - 1) / GgufHeader.ALIGNMENT * GgufHeader.ALIGNMENT;
  }

  private static void pad(FileChannel channel) throws IOException {
    long missing = aligned(channel.position()) - channel.position();
    AtomicFiles.writeAll(channel, ByteBuffer.allocate((int) missing));
  }

  private static void write(Entry entry, FileChannel channel) throws IOException {
    List<Long> shape = entry.numbers().shape();
    long columns = shape.size() < 2 ? 1 : shape.get(shape.size() - 1);
    // Whole rows; whole heads of those that are in another order.
    long unit = columns * Math.max(1, entry.order().headSize());
    if (entry.order().isPlain() && shape.size() < 2) {
      unit = entry.type().blockSize();
    }
    int step = (int) Math.min(entry.numbers().elements(), Math.max(1, PIECE / unit) * unit);
    float[] given = new float[step];
    float[] stored = new float[step];
    for (long from = 0; from < entry.numbers().elements(); from += step) {
      int count = (int) Math.min(step, entry.numbers().elements() - from);
      entry.numbers().source().read(from, given, count);
      if (entry.order().isPlain()) {
        System.arraycopy(given, 0, stored, 0, count);
      } else {
        for (int row = 0; row < count / columns; row++) {
          int source = (int) entry.order().given(row);
          int width = (int) columns;
          System.arraycopy(given, source * width, stored, row * width, width);
        }
      }
      ByteBuffer bytes =
          ByteBuffer.allocate(count / entry.type().blockSize() * entry.type().blockBytes())
              .order(ByteOrder.LITTLE_ENDIAN);
      try {
        for (int at = 0; at < count; at += entry.type().blockSize()) {
          entry.type().encode(stored, at, bytes);
        }
      } catch (ArithmeticException e) {
        throw new IOException(entry.numbers().name() + ": " + e.getMessage(), e);
      }
      AtomicFiles.writeAll(channel, bytes.flip());
    }
  }

  private byte[] header() {
    Output out = new Output();
    out.integer(GgufHeader.MAGIC);
    out.integer(GgufHeader.VERSION);
    out.wide(tensors.size());
    out.wide(metadata.size());
    metadata.forEach(
        (key, value) -> {
          out.text(key);
          if (value instanceof List<?> list) {
            out.integer(GgufInput.LIST);
            out.integer(Output.type(list.get(0), /* signed= */ true));
            out.wide(list.size());
            list.forEach(out::value);
          } else {
            out.integer(Output.type(value, /* signed= */ false));
            out.value(value);
          }
        });
    long begin = 0;
    for (Entry entry : tensors) {
      out.text(entry.name());
      List<Long> shape = entry.numbers().shape();
      out.integer(shape.size());
      for (int i = shape.size() - 1; i >= 0; i--) {
        out.wide(shape.get(i));
      }
      out.integer(entry.type().id());
      out.wide(begin);
      begin = aligned(begin + entry.bytes());
    }
    out.bytes(new byte[(int) (aligned(out.size()) - out.size())]);
    return out.toByteArray();
  }

  /** Little-endian values. */
  private static final class Output {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static int type(Object value, boolean signed) {
      if (value instanceof Integer) {
        return signed ? 5 : 4;
      }
      return value instanceof Float ? 6 : value instanceof Boolean ? 7 : GgufInput.TEXT;
    }

    int size() {
      return out.size();
    }

    byte[] toByteArray() {
      return out.toByteArray();
    }

    void bytes(byte[] bytes) {
      out.writeBytes(bytes);
    }

    void integer(int value) {
      for (int shift = 0; shift < Integer.SIZE; shift += 8) {
        out.write(value >>> shift);
      }
    }

    void wide(long value) {
      integer((int) value);
      integer((int) (value >>> 32));
    }

    void text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      wide(bytes.length);
      bytes(bytes);
    }

    void value(Object value) {
      if (value instanceof Integer i) {
        integer(i);
      } else if (value instanceof Float f) {
        integer(Float.floatToRawIntBits(f));
      } else if (value instanceof Boolean b) {
        out.write(b ? 1 : 0);
      } else {
        text((String) value);
      }
    }
  }
}
