package org.riselm.onnx.internal.gguf;

import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.riselm.core.internal.util.InputFiles;

/**
 * What a GGUF file says before its numbers.
 *
 * @param file the file
 * @param metadata texts, whole numbers (Long), numbers (Double), truth values and lists of those
 * @param tensors by name, in the file's order
 */
record GgufHeader(Path file, Map<String, Object> metadata, Map<String, GgufTensor> tensors) {
  static final int MAGIC = 0x46554747;
  static final int VERSION = 3;
  static final int ALIGNMENT = 32;
  private static final String ALIGNMENT_KEY = "general.alignment";

  GgufHeader {
    metadata = Collections.unmodifiableMap(metadata);
    tensors = Collections.unmodifiableMap(tensors);
  }

  /** Whether {@code path} is a file that begins as GGUF files do. */
  static boolean isGguf(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(path, READ)) {
      ByteBuffer first = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      return channel.read(first) == Integer.BYTES && first.getInt(0) == MAGIC;
    }
  }

  /**
   * Reads and checks a header: every tensor's bytes are in the file.
   *
   * @throws IOException naming the file and the key or the tensor that is wrong
   */
  static GgufHeader read(Path file) throws IOException {
    InputFiles.check(file);
    try (FileChannel channel = FileChannel.open(file, READ)) {
      return read(new GgufInput(file, channel), file);
    }
  }

  private static GgufHeader read(GgufInput in, Path file) throws IOException {
    if (in.integer() != MAGIC) {
      throw in.refusal("it does not begin with GGUF, so it is no GGUF file");
    }
    int version = in.integer();
    if (version != 2 && version != VERSION) {
      boolean swapped = Integer.reverseBytes(version) == VERSION;
      throw in.refusal(
          swapped
              ? "its bytes are in the order of big-endian machines; supported is little-endian"
              : "its version is %d; supported are 2 and 3".formatted(version));
    }
    int tensorCount = in.count("tensors", 24);
    int keys = in.count("keys", 13);
    Map<String, Object> metadata = new LinkedHashMap<>();
    for (int i = 0; i < keys; i++) {
      String key = in.text("the name of key " + i);
      if (metadata.put(key, in.value(key)) != null) {
        throw in.refusal(key + ": it is there twice");
      }
    }
    if (metadata.containsKey("split.count")
        && !Long.valueOf(1).equals(metadata.get("split.count"))) {
      throw in.refusal(
          "split.count is %s: the model is in several files; join them with llama-gguf-split --merge"
              .formatted(metadata.get("split.count")));
    }
    return new GgufHeader(file, metadata, tensors(in, tensorCount, metadata));
  }

  private static Map<String, GgufTensor> tensors(
      GgufInput in, int count, Map<String, Object> metadata) throws IOException {
    Object alignment = metadata.getOrDefault(ALIGNMENT_KEY, (long) ALIGNMENT);
    if (!(alignment instanceof Long step) || step < 1 || step > 1 << 20) {
      throw in.refusal("%s is %s; a power of two is expected".formatted(ALIGNMENT_KEY, alignment));
    }
    List<GgufTensor> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      found.add(tensor(in, i));
    }
    long data = (in.position() + step - 1) / step * step;
    long room = in.position() + in.rest() - data;
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    for (GgufTensor t : found) {
      if (t.begin() < 0 || t.begin() % step != 0 || t.begin() > room - t.bytes()) {
        throw in.refusal(
            "%s: its %d bytes begin at %s of the numbers' %d; fetch the file again"
                .formatted(t.name(), t.bytes(), Long.toUnsignedString(t.begin()), room));
      }
      GgufTensor placed = new GgufTensor(t.name(), t.shape(), t.type(), data + t.begin());
      if (tensors.put(t.name(), placed) != null) {
        throw in.refusal(t.name() + ": there are two tensors of this name");
      }
    }
    return tensors;
  }

  private static GgufTensor tensor(GgufInput in, int index) throws IOException {
    String name = in.text("the name of tensor " + index);
    int dims = in.integer();
    if (dims < 0 || dims > 4) {
      throw in.refusal("%s: it has %s dimensions; at most 4 are expected".formatted(name, dims));
    }
    List<Long> shape = new ArrayList<>();
    long elements = 1;
    for (int i = 0; i < dims; i++) {
      long size = in.wide();
      if (size < 1 || size > Long.MAX_VALUE / 8 / elements) {
        throw in.refusal("%s: its size %d is %s".formatted(name, i, Long.toUnsignedString(size)));
      }
      elements *= size;
      shape.add(0, size);
    }
    try {
      GgufType type = GgufType.of(in.integer());
      long columns = shape.isEmpty() ? 1 : shape.get(dims - 1);
      if (columns % type.blockSize() != 0) {
        throw in.refusal(
            "%s: its rows of %d numbers are not whole blocks of %s, %d"
                .formatted(name, columns, type, type.blockSize()));
      }
      return new GgufTensor(name, shape, type, in.wide());
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s: %s".formatted(in.path(), name, e.getMessage()), e);
    }
  }
}
