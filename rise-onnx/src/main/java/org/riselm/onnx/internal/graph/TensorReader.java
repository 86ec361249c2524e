package org.riselm.onnx.internal.graph;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.riselm.core.internal.util.InputFiles;
import org.riselm.onnx.internal.runtime.ElementType;

/** Reads the tensors of a model's file, and checks that each has as many numbers as it says. */
final class TensorReader {
  private final Path file;

  TensorReader(Path file) {
    this.file = file;
  }

  StoredTensor read(String name, TensorProto tensor) throws IOException {
    ElementType type = type(name, tensor.getDataType());
    long[] sizes = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    long elements = 1;
    long bytes;
    try {
      for (long size : sizes) {
        if (size < 0) {
          throw refuse(name, "a dimension of " + size, "0 or more");
        }
        elements = Math.multiplyExact(elements, size);
      }
      bytes = Math.multiplyExact(elements, type.bytes());
    } catch (ArithmeticException e) {
      throw refuse(name, "the shape " + tensor.getDimsList(), "one that can be counted");
    }
    Value value = new Value(name, type, Shape.of(sizes));
    if (ModelWriter.isExternal(tensor)) {
      return new StoredTensor(value, external(name, tensor, bytes));
    }
    ByteBuffer inline = inline(name, tensor, type, elements, bytes);
    return new StoredTensor(value, inline::duplicate);
  }

  private ElementType type(String name, int code) throws IOException {
    try {
      return ElementType.ofCode(code);
    } catch (IllegalArgumentException e) {
      throw refuse(name, "ONNX's element type " + code, "one of those that are supported");
    }
  }

  private ByteBuffer inline(
      String name, TensorProto tensor, ElementType type, long elements, long bytes)
      throws IOException {
    if (tensor.hasRawData() || elements == 0) {
      if (tensor.getRawData().size() != bytes) {
        throw refuse(name, tensor.getRawData().size() + " bytes", bytes + " for its shape");
      }
      return tensor.getRawData().asReadOnlyByteBuffer();
    }
    int count =
        switch (type) {
          case FLOAT -> tensor.getFloatDataCount();
          case DOUBLE -> tensor.getDoubleDataCount();
          case INT64 -> tensor.getInt64DataCount();
          default -> tensor.getInt32DataCount();
        };
    if (count != elements || bytes > Integer.MAX_VALUE) {
      throw refuse(name, count + " numbers", elements + " for its shape");
    }
    ByteBuffer raw = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (type) {
        case FLOAT -> raw.putFloat(tensor.getFloatData(i));
        case DOUBLE -> raw.putDouble(tensor.getDoubleData(i));
        case INT64 -> raw.putLong(tensor.getInt64Data(i));
        case INT32 -> raw.putInt(tensor.getInt32Data(i));
        case FLOAT16, BFLOAT16 -> raw.putShort((short) tensor.getInt32Data(i));
        case UINT8, INT8, BOOL -> raw.put((byte) tensor.getInt32Data(i));
      }
    }
    return raw.flip().asReadOnlyBuffer();
  }

  private StoredTensor.Source external(String name, TensorProto tensor, long bytes)
      throws IOException {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto e : tensor.getExternalDataList()) {
      entries.put(e.getKey(), e.getValue());
    }
    Path data = beside(name, entries.getOrDefault("location", ""));
    long offset = number(name, "offset", entries.getOrDefault("offset", "0"));
    long length = number(name, "length", entries.getOrDefault("length", Long.toString(bytes)));
    try {
      String fault = InputFiles.fault(data);
      if (!fault.isEmpty()) {
        throw refuse(name, "its numbers in " + data + ", which is " + fault, "a file with them");
      }
    } catch (NoSuchFileException e) {
      throw refuse(name, "no file " + data, "its numbers there");
    }
    if (length != bytes) {
      throw refuse(name, length + " bytes in " + data, bytes + " for its shape");
    }
    long size = Files.size(data);
    if (offset > size || length > size - offset) {
      throw refuse(
          name,
          "%d bytes from byte %d on of %s".formatted(length, offset, data),
          "a place within its " + size);
    }
    if (length > Integer.MAX_VALUE) {
      throw refuse(name, length + " bytes", "less than 2 GiB, which is what one mapping can hold");
    }
    return () -> MappedBytes.of(data, offset, length);
  }

  /** The file {@code location}, which must lie in the model's folder or below it. */
  private Path beside(String name, String location) throws IOException {
    Path path;
    try {
      path = Path.of(location);
    } catch (InvalidPathException e) {
      path = Path.of("");
    }
    boolean leaves = path.isAbsolute() || path.normalize().startsWith("..");
    if (location.isBlank() || leaves || location.contains("\\")) {
      throw refuse(
          name, "its numbers in '" + location + "'", "a file in the model's folder or below it");
    }
    return file.resolveSibling(path.normalize());
  }

  private long number(String name, String key, String text) throws IOException {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a negative one is.
    }
    throw refuse(name, "the " + key + " '" + text + "'", "a whole number, 0 or more");
  }

  private IOException refuse(String name, String found, String expected) {
    return OnnxFile.refusal(file, "initializer " + name, found, expected);
  }
}
