package org.riselm.onnx.internal.folder.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.riselm.core.internal.util.AtomicFiles;

/** Writes safetensors files. Equal numbers give equal bytes. */
public final class SafetensorsWriter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ALIGNMENT = 8;
  private static final int PIECE = 1 << 20;

  private SafetensorsWriter() {}

  /**
   * Writes tensors in their order. The file appears whole or not at all.
   *
   * @param dtype F32, or F16 or BF16, to whose nearest numbers (even ones, half way) all are
   *     rounded
   * @throws IOException if it cannot be written, or naming the tensor with a finite number that
   *     {@code dtype} has no finite number for
   */
  public static void write(Path file, Dtype dtype, Collection<TensorSource> tensors)
      throws IOException {
    write(file, dtype, tensors, Map.of());
  }

  /**
   * {@link #write(Path, Dtype, Collection)}, with texts in the header that most readers pass over.
   *
   * @param metadata texts by name
   */
  public static void write(
      Path file, Dtype dtype, Collection<TensorSource> tensors, Map<String, String> metadata)
      throws IOException {
    byte[] header = header(dtype, tensors, metadata);
    try {
      AtomicFiles.write(
          file,
          channel -> {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            AtomicFiles.writeAll(channel, length.putLong(header.length).flip());
            AtomicFiles.writeAll(channel, ByteBuffer.wrap(header));
            float[] floats = new float[PIECE];
            ByteBuffer bytes =
                ByteBuffer.allocateDirect(PIECE * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            for (TensorSource t : tensors) {
              write(channel, t, dtype, floats, bytes);
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static byte[] header(
      Dtype dtype, Collection<TensorSource> tensors, Map<String, String> metadata)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    // Readers in Python ask which library's layout this is; all have this one.
    ObjectNode texts = header.putObject("__metadata__").put("format", "pt");
    new TreeMap<>(metadata).forEach(texts::put);
    long end = 0;
    for (TensorSource t : tensors) {
      ObjectNode entry = header.putObject(t.name()).put("dtype", dtype.name());
      ArrayNode shape = entry.putArray("shape");
      t.shape().forEach(shape::add);
      long begin = end;
      end += t.elements() * dtype.bytes();
      entry.putArray("data_offsets").add(begin).add(end);
    }
    StringBuilder json = new StringBuilder(JSON.writeValueAsString(header));
    // Names may have letters of several bytes.
    int bytes = json.toString().getBytes(StandardCharsets.UTF_8).length;
    json.append(" ".repeat((ALIGNMENT - bytes % ALIGNMENT) % ALIGNMENT));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(
      FileChannel channel, TensorSource tensor, Dtype dtype, float[] floats, ByteBuffer bytes)
      throws IOException {
    for (long from = 0; from < tensor.elements(); from += PIECE) {
      int count = (int) Math.min(PIECE, tensor.elements() - from);
      tensor.source().read(from, floats, count);
      bytes.clear();
      try {
        dtype.put(floats, count, bytes);
      } catch (ArithmeticException e) {
        throw new IOException(tensor.name() + ": " + e.getMessage(), e);
      }
      AtomicFiles.writeAll(channel, bytes.flip());
    }
  }
}
