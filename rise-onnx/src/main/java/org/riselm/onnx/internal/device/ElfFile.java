package org.riselm.onnx.internal.device;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Reads which libraries a Linux shared library needs (the DT_NEEDED entries of an ELF64 file). */
public final class ElfFile {
  private static final int MAGIC = 0x464c457f;
  private static final int PROGRAM_HEADER = 56;
  private static final int LOAD = 1;
  private static final int DYNAMIC = 2;
  private static final long NEEDED = 1;
  private static final long STRINGS = 5;
  // Far above any real one; a damaged file must not cost memory.
  private static final long LONGEST_TABLE = 1 << 20;

  private final Path file;
  private final FileChannel channel;

  private ElfFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * The names of the libraries that {@code file} needs, in its order.
   *
   * @throws IOException naming the file, if it cannot be read or is no 64-bit little-endian ELF
   */
  public static List<String> needed(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new ElfFile(file, channel).needed();
    }
  }

  private List<String> needed() throws IOException {
    ByteBuffer header = read(0, 64);
    if (header.getInt(0) != MAGIC || header.get(4) != 2 || header.get(5) != 1) {
      throw new IOException(file + " is not a 64-bit little-endian ELF file");
    }
    int count = Short.toUnsignedInt(header.getShort(56));
    ByteBuffer programs = read(header.getLong(32), (long) count * PROGRAM_HEADER);
    List<Long> names = new ArrayList<>();
    long strings = -1;
    for (int i = 0; i < count; i++) {
      int at = i * PROGRAM_HEADER;
      if (programs.getInt(at) != DYNAMIC) {
        continue;
      }
      ByteBuffer entries = read(programs.getLong(at + 8), programs.getLong(at + 32));
      while (entries.remaining() >= 16) {
        long tag = entries.getLong();
        long value = entries.getLong();
        if (tag == NEEDED) {
          names.add(value);
        } else if (tag == STRINGS) {
          strings = offset(programs, count, value);
        }
      }
    }
    List<String> needed = new ArrayList<>();
    for (long name : names) {
      needed.add(string(strings + name));
    }
    return List.copyOf(needed);
  }

  /** Where in the file what is loaded at {@code address} stands. */
  private long offset(ByteBuffer programs, int count, long address) throws IOException {
    for (int i = 0; i < count; i++) {
      int at = i * PROGRAM_HEADER;
      long start = programs.getLong(at + 16);
      if (programs.getInt(at) == LOAD
          && address >= start
          && address < start + programs.getLong(at + 32)) {
        return address - start + programs.getLong(at + 8);
      }
    }
    throw new IOException(file + " has no text at its address " + address);
  }

  private String string(long at) throws IOException {
    ByteBuffer bytes = read(at, Math.min(256, channel.size() - at));
    int end = 0;
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }
    return StandardCharsets.UTF_8.decode(bytes.limit(end)).toString();
  }

  private ByteBuffer read(long at, long length) throws IOException {
    if (at < 0 || length < 0 || length > LONGEST_TABLE) {
      throw new IOException(file + " is damaged: a table of " + length + " bytes at " + at);
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException(file + " ends within a table that starts at " + at);
      }
    }
    return bytes.flip();
  }
}
