package org.riselm.onnx.safetensors;

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
import java.util.Arrays;
import java.util.Map;
import org.riselm.onnx.artifact.Durable;
import org.riselm.onnx.runtime.ElementType;
import org.riselm.onnx.runtime.Tensor;

/** Writes safetensors files of 32-bit floats. Equal tensors give equal bytes. */
public final class SafetensorsWriter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ALIGNMENT = 8;
  private static final long PIECE = 16L << 20;

  private SafetensorsWriter() {}

  /**
   * Writes {@code tensors} in their map's order. The file appears whole or not at all.
   *
   * @param tensors by name; of floats
   */
  public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    byte[] header = header(tensors);
    try {
      Durable.write(
          file,
          channel -> {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            Durable.writeAll(channel, length.putLong(header.length).flip());
            Durable.writeAll(channel, ByteBuffer.wrap(header));
            for (Tensor t : tensors.values()) {
              write(channel, t);
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static byte[] header(Map<String, Tensor> tensors) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    // Readers in Python ask which library's layout this is; all have this one.
    header.putObject("__metadata__").put("format", "pt");
    long end = 0;
    for (Map.Entry<String, Tensor> t : tensors.entrySet()) {
      if (t.getValue().type() != ElementType.FLOAT) {
        throw new IllegalArgumentException(
            "%s holds %s; only floats are written".formatted(t.getKey(), t.getValue().type()));
      }
      ObjectNode entry = header.putObject(t.getKey()).put("dtype", Dtype.F32.name());
      ArrayNode shape = entry.putArray("shape");
      Arrays.stream(t.getValue().shape()).forEach(shape::add);
      long begin = end;
      end += t.getValue().elements() * Float.BYTES;
      entry.putArray("data_offsets").add(begin).add(end);
    }
    StringBuilder json = new StringBuilder(JSON.writeValueAsString(header));
    // Names may have letters of several bytes.
    int bytes = json.toString().getBytes(StandardCharsets.UTF_8).length;
    json.append(" ".repeat((ALIGNMENT - bytes % ALIGNMENT) % ALIGNMENT));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(FileChannel channel, Tensor tensor) throws IOException {
    ByteBuffer piece =
        ByteBuffer.allocateDirect((int) Math.min(PIECE, tensor.elements() * Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    long step = PIECE / Float.BYTES;
    for (long from = 0; from < tensor.elements(); from += step) {
      long count = Math.min(step, tensor.elements() - from);
      try (Tensor part = tensor.slice(from, count)) {
        piece.clear().asFloatBuffer().put(part.floats());
        Durable.writeAll(channel, piece.limit((int) count * Float.BYTES));
      }
    }
  }
}
