package org.riselm.onnx.internal.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads values from the beginning of a file. No length in it is believed before it is there. */
final class GgufInput {
  // Far above any vocabulary.
  private static final long LONGEST_LIST = 1 << 24;
  private static final int LONGEST_TEXT = 1 << 26;
  private static final List<Integer> SIZES = List.of(1, 1, 2, 2, 4, 4, 4, 1, 8, 9, 8, 8, 8);
  static final int TEXT = 8;
  static final int LIST = 9;

  private final Path file;
  private final FileChannel channel;
  private final long size;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long read;

  GgufInput(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
  }

  Path path() {
    return file;
  }

  /** Returns how many bytes were taken. */
  long position() {
    return read - buffer.remaining();
  }

  long rest() {
    return size - position();
  }

  IOException refusal(String what) {
    return new IOException("%s: %s".formatted(file, what));
  }

  private void need(int bytes) throws IOException {
    if (bytes > rest()) {
      throw refusal("it ends within its header; fetch it again");
    }
    if (buffer.remaining() < bytes) {
      buffer.compact();
      while (buffer.position() < bytes) {
        int got = channel.read(buffer, read);
        if (got < 0) {
          throw refusal("it ends within its header; fetch it again");
        }
        read += got;
      }
      buffer.flip();
    }
  }

  int integer() throws IOException {
    need(Integer.BYTES);
    return buffer.getInt();
  }

  long wide() throws IOException {
    need(Long.BYTES);
    return buffer.getLong();
  }

  /** Returns a count of things that take at least {@code bytes} each. */
  int count(String what, int bytes) throws IOException {
    long count = wide();
    if (count < 0 || count > LONGEST_LIST || count > rest() / bytes) {
      throw refusal(
          "it says that it has %s %s, and %d bytes are left for them"
              .formatted(Long.toUnsignedString(count), what, rest()));
    }
    return (int) count;
  }

  String text(String what) throws IOException {
    long length = wide();
    if (length < 0 || length > LONGEST_TEXT || length > rest()) {
      throw refusal(
          "%s: a text of %s bytes, and %d bytes are left"
              .formatted(what, Long.toUnsignedString(length), rest()));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    while (bytes.hasRemaining()) {
      need(1);
      int some = Math.min(bytes.remaining(), buffer.remaining());
      bytes.put(bytes.position(), buffer, buffer.position(), some);
      bytes.position(bytes.position() + some);
      buffer.position(buffer.position() + some);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("%s: %s: it is not UTF-8".formatted(file, what), e);
    }
  }

  /** Returns a value: a number, a truth value, a text, or a list of those. */
  Object value(String key) throws IOException {
    int type = integer();
    if (type != LIST) {
      return single(key, type);
    }
    int element = integer();
    if (element < 0 || element >= SIZES.size() || element == LIST) {
      throw refusal("%s: a list of values of type %d, which is not read".formatted(key, element));
    }
    int count = count("values of " + key, SIZES.get(element));
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(single(key, element));
    }
    return list;
  }

  private Object single(String key, int type) throws IOException {
    if (type < 0 || type >= SIZES.size()) {
      throw refusal("%s: a value of type %d, which is not known".formatted(key, type));
    }
    if (type == TEXT) {
      return text(key);
    }
    need(SIZES.get(type));
    return switch (type) {
      case 0 -> (long) (buffer.get() & 0xFF);
      case 1 -> (long) buffer.get();
      case 2 -> (long) (buffer.getShort() & 0xFFFF);
      case 3 -> (long) buffer.getShort();
      case 4 -> Integer.toUnsignedLong(buffer.getInt());
      case 5 -> (long) buffer.getInt();
      // The decimal number that was meant, rather than the float nearest to it.
      case 6 -> Double.valueOf(Float.toString(buffer.getFloat()));
      case 7 -> buffer.get() != 0;
      case 12 -> buffer.getDouble();
      default -> buffer.getLong();
    };
  }
}
