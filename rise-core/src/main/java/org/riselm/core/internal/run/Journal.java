package org.riselm.core.internal.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.riselm.core.run.RunException;

/**
 * A file of JSON objects, one per line, that only grows. Each begins with the CRC-32C of the rest
 * of its line and its number in the file, so that a line that was cut, changed or lost shows.
 */
final class Journal implements AutoCloseable {
  private static final String CRC = "{\"crc\":\"";
  private static final int REST = CRC.length() + 8 + 2; // After eight digits, a quote and a comma.

  private final Path file;
  // Neither a FileChannel: an interrupt would close it, and with it the run's memory.
  private final RandomAccessFile bytes;
  private long lines;

  /** Opens {@code file}, whose first {@code lines} lines end at {@code end}; cuts what follows. */
  Journal(Path file, long lines, long end) throws IOException {
    this.file = file;
    this.bytes = new RandomAccessFile(file.toFile(), "rw");
    this.lines = lines;
    if (bytes.length() > end) {
      cut(lines, end);
    }
    bytes.seek(end);
  }

  /**
   * A line as it stands.
   *
   * @param number from 0
   * @param start its first byte's place in the file
   * @param end the place after its line break
   * @param json what it says
   */
  record Line(long number, long start, long end, JsonNode json) {}

  /**
   * How far a file is good.
   *
   * @param lines that are
   * @param end the place after the last of them
   * @param damage what is wrong with the next; null if there is none, or if it is merely unfinished
   * @param unfinished whether the file ends in the middle of a line
   */
  record Extent(long lines, long end, @Nullable String damage, boolean unfinished) {}

  /** Reads the lines of {@code file} from {@code start}, where line {@code number} begins. */
  static Extent read(Path file, long start, long stop, long number, Consumer<Line> each)
      throws IOException {
    long place = start;
    long next = number;
    try (InputStream in = new FileInputStream(file.toFile())) {
      in.skipNBytes(start);
      ByteLines lines = new ByteLines(in);
      while (place < stop) {
        byte[] line = lines.next();
        if (line.length == 0 || line[line.length - 1] != '\n') {
          return new Extent(next, place, null, line.length > 0);
        }
        JsonNode json = checked(line);
        if (json == null || json.path("n").asLong(-1) != next) {
          String what =
              json == null ? "does not agree with its checksum" : "is not the one that follows";
          return new Extent(next, place, "line " + (next + 1) + " " + what, false);
        }
        each.accept(new Line(next, place, place + line.length, json));
        place += line.length;
        next++;
      }
    }
    return new Extent(next, place, null, false);
  }

  private static @Nullable JsonNode checked(byte[] line) throws IOException {
    if (line.length <= REST) {
      return null;
    }
    String prefix = new String(line, 0, REST, StandardCharsets.ISO_8859_1);
    if (!prefix.equals(prefix(line, REST, line.length - 1 - REST))) {
      return null;
    }
    try {
      return RunJson.MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static String prefix(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return CRC + HexFormat.of().toHexDigits((int) crc.getValue()) + "\",";
  }

  /** The number of lines. */
  long lines() {
    return lines;
  }

  /** The place after the last line. */
  long end() throws IOException {
    return bytes.length();
  }

  /**
   * Adds {@code added} and returns when the disk has them. If it cannot, none of them is there.
   *
   * @throws RunException naming the file, if the disk is full or fails
   */
  void append(List<ObjectNode> added) {
    long end = -1;
    try {
      end = bytes.length();
      bytes.seek(end);
      OutputStream out = new BufferedOutputStream(new FileOutputStream(bytes.getFD()), 1 << 16);
      for (int i = 0; i < added.size(); i++) {
        ObjectNode numbered = RunJson.MAPPER.createObjectNode().put("n", lines + i);
        numbered.setAll(added.get(i));
        byte[] json = RunJson.bytes(numbered);
        out.write(prefix(json, 1, json.length - 1).getBytes(StandardCharsets.ISO_8859_1));
        out.write(json, 1, json.length - 1);
        out.write('\n');
      }
      out.flush();
      bytes.getFD().sync();
      lines += added.size();
    } catch (IOException e) {
      RunException failure =
          new RunException(
              "%s: could not add %d lines: %s; make room or mend the disk, then resume the run"
                  .formatted(file, added.size(), e.getMessage()),
              e);
      try {
        if (end >= 0) {
          cut(lines, end);
        }
      } catch (IOException worse) {
        failure.addSuppressed(worse);
      }
      throw failure;
    }
  }

  /** Forgets all but the first {@code lines} lines, which end at {@code end}. */
  void cut(long lines, long end) throws IOException {
    bytes.setLength(end);
    bytes.getFD().sync();
    this.lines = lines;
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
