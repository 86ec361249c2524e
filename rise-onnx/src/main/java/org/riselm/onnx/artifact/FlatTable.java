package org.riselm.onnx.artifact;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A FlatBuffers table that trusts nothing: each offset is checked before it is followed, so a
 * damaged file ends in an {@link ArtifactException} that says where. The FlatBuffers library has
 * such a verifier for C++ only. Fields are known by number; one that is absent has its default.
 */
final class FlatTable {
  private static final int HEADER = 8;

  private final Path file;
  private final String name;
  private final ByteBuffer bytes;
  private final int position;
  private final int vtable;
  private final int vtableBytes;
  private final int tableBytes;

  private FlatTable(Path file, String name, ByteBuffer bytes, long position) {
    this.file = file;
    this.name = name;
    this.bytes = bytes;
    this.position = (int) within(position, Integer.BYTES, "table");
    long directory = position - bytes.getInt(this.position);
    this.vtable = (int) within(directory, 2 * Short.BYTES, "table's directory");
    this.vtableBytes = Short.toUnsignedInt(bytes.getShort(vtable));
    this.tableBytes = Short.toUnsignedInt(bytes.getShort(vtable + Short.BYTES));
    within(vtable, vtableBytes, "table's directory");
    within(position, tableBytes, "table");
  }

  /** The outermost table of {@code bytes}, which start with a header that has this identifier. */
  static FlatTable root(Path file, ByteBuffer bytes, String identifier) {
    ByteBuffer b = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (b.limit() < HEADER) {
      throw new ArtifactException(
          file, "header", b.limit() + " bytes", "at least " + HEADER + ": the file is cut off");
    }
    byte[] found = new byte[HEADER / 2];
    b.get(HEADER / 2, found);
    String text = new String(found, StandardCharsets.ISO_8859_1);
    if (!text.equals(identifier)) {
      throw new ArtifactException(
          file,
          "identifier at byte 4",
          "'" + text + "'",
          "'" + identifier + "', which marks ONNX Runtime training checkpoints");
    }
    return new FlatTable(file, "checkpoint", b, Integer.toUnsignedLong(b.getInt(0)));
  }

  ArtifactException refuse(String field, String found, String expected) {
    return new ArtifactException(file, name + "." + field, found, expected);
  }

  long int64(int field, long absent) {
    int at = field(field, Long.BYTES);
    return at == 0 ? absent : bytes.getLong(at);
  }

  int int32(int field, int absent) {
    int at = field(field, Integer.BYTES);
    return at == 0 ? absent : bytes.getInt(at);
  }

  float float32(int field, float absent) {
    int at = field(field, Float.BYTES);
    return at == 0 ? absent : bytes.getFloat(at);
  }

  boolean bool(int field, boolean absent) {
    int at = field(field, 1);
    return at == 0 ? absent : bytes.get(at) != 0;
  }

  Optional<FlatTable> table(int field, String fieldName) {
    int at = field(field, Integer.BYTES);
    return at == 0 ? Optional.empty() : Optional.of(tableAt(at, name + "." + fieldName));
  }

  /** The tables of a vector; none if it is absent. */
  List<FlatTable> tables(int field, String fieldName) {
    int at = field(field, Integer.BYTES);
    List<FlatTable> tables = new ArrayList<>();
    if (at != 0) {
      int vector = vector(at, fieldName, Integer.BYTES);
      int length = bytes.getInt(vector);
      for (int i = 0; i < length; i++) {
        int element = vector + Integer.BYTES * (i + 1);
        tables.add(tableAt(element, "%s.%s[%d]".formatted(name, fieldName, i)));
      }
    }
    return tables;
  }

  /** The numbers of a vector; empty if it is absent. */
  Optional<List<Long>> int64s(int field, String fieldName) {
    int at = field(field, Integer.BYTES);
    if (at == 0) {
      return Optional.empty();
    }
    int vector = vector(at, fieldName, Long.BYTES);
    int length = bytes.getInt(vector);
    List<Long> numbers = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      numbers.add(bytes.getLong(vector + Integer.BYTES + Long.BYTES * i));
    }
    return Optional.of(numbers);
  }

  /** A view of a vector of bytes; empty if it is absent. */
  Optional<ByteBuffer> bytes(int field, String fieldName) {
    int at = field(field, Integer.BYTES);
    if (at == 0) {
      return Optional.empty();
    }
    int vector = vector(at, fieldName, 1);
    return Optional.of(bytes.slice(vector + Integer.BYTES, bytes.getInt(vector)));
  }

  /** A text; must not be absent. */
  String string(int field, String fieldName) {
    ByteBuffer text =
        bytes(field, fieldName).orElseThrow(() -> refuse(fieldName, "nothing", "a text"));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
    } catch (CharacterCodingException e) {
      throw refuse(fieldName, "bytes that are no UTF-8", "a text; the file is damaged");
    }
  }

  /** Where a field's value is, or 0 if the table does not have it. */
  private int field(int number, int width) {
    int entry = 2 * Short.BYTES + Short.BYTES * number;
    if (entry + Short.BYTES > vtableBytes) {
      return 0;
    }
    int offset = Short.toUnsignedInt(bytes.getShort(vtable + entry));
    if (offset == 0) {
      return 0;
    }
    if (offset < Integer.BYTES || offset + width > tableBytes) {
      throw new ArtifactException(
          file,
          name + ", field " + number,
          "offset " + offset,
          "one inside the table's " + tableBytes + " bytes; the file is damaged");
    }
    return position + offset;
  }

  private FlatTable tableAt(int slot, String tableName) {
    return new FlatTable(file, tableName, bytes, target(slot));
  }

  private int vector(int slot, String fieldName, int width) {
    int vector = (int) within(target(slot), Integer.BYTES, fieldName);
    long length = Integer.toUnsignedLong(bytes.getInt(vector));
    within(vector + (long) Integer.BYTES, length * width, fieldName);
    return vector;
  }

  private long target(int slot) {
    return slot + Integer.toUnsignedLong(bytes.getInt(slot));
  }

  private long within(long start, long length, String what) {
    if (start < 0 || start + length > bytes.limit()) {
      throw new ArtifactException(
          file,
          name + ": " + what,
          "bytes %d to %d".formatted(start, start + length),
          "all inside the file's %d; the file is cut off or damaged".formatted(bytes.limit()));
    }
    return start;
  }
}
