package org.riselm.core.internal.util;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;

/**
 * Reads files that people and other programs wrote: ordinary ones only, with or without a
 * byte-order mark, and not what stands in the place of a file that Git LFS has not fetched.
 */
public final class InputFiles {
  private static final byte[] POINTER =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);
  private static final long LARGEST_POINTER = 1024;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private InputFiles() {}

  /**
   * Checks that {@code file} may be read.
   *
   * @throws NoSuchFileException if there is none
   * @throws IOException naming the file, if it is a folder, a pipe or a device, or a pointer of Git
   *     LFS
   */
  public static void check(Path file) throws IOException {
    String fault = fault(file);
    if (!fault.isEmpty()) {
      throw new IOException("%s: it is %s".formatted(file, fault));
    }
  }

  /**
   * Returns what {@code file} is that cannot be read; empty if it can.
   *
   * @throws NoSuchFileException if there is none
   */
  public static String fault(Path file) throws IOException {
    BasicFileAttributes found;
    try {
      found = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    if (found.isDirectory()) {
      return "a folder; a file is expected";
    }
    if (!found.isRegularFile()) {
      return "a pipe, a socket or a device; a file is expected";
    }
    return found.size() <= LARGEST_POINTER && isPointer(file)
        ? "a Git LFS pointer, in the place of the file itself; fetch that with: git lfs pull"
        : "";
  }

  private static boolean isPointer(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(POINTER.length), POINTER);
    }
  }

  /** Returns the bytes of {@code file}, which is {@linkplain #check checked}. */
  public static byte[] bytes(Path file) throws IOException {
    check(file);
    return Files.readAllBytes(file);
  }

  /**
   * Returns the text of {@code file}, which is {@linkplain #check checked}, without a byte-order
   * mark.
   *
   * @throws IOException naming the file, if it is not UTF-8
   */
  public static String text(Path file) throws IOException {
    byte[] bytes = bytes(file);
    int start = Arrays.equals(Arrays.copyOf(bytes, MARK.length), MARK) ? MARK.length : 0;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, bytes.length - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": it is not UTF-8 text; save it as UTF-8", e);
    }
  }

  /** Returns the lines of {@link #text}. */
  public static List<String> lines(Path file) throws IOException {
    return text(file).lines().toList();
  }
}
