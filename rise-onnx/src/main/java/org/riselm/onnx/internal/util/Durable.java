package org.riselm.onnx.internal.util;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that appear whole or not at all, and stay when the machine stops. */
public final class Durable {
  /** Fills a file. */
  public interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  private Durable() {}

  /** Writes {@code content} next to {@code file}, then puts it in its place. */
  public static void write(Path file, Content content) {
    Path temporary = sibling(file);
    try {
      try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      move(temporary, file);
    } catch (IOException e) {
      throw new UncheckedIOException("could not write " + file + ": " + e.getMessage(), e);
    } finally {
      discard(temporary);
    }
  }

  /** A name in the same folder that nothing else uses. */
  public static Path sibling(Path file) {
    return file.resolveSibling(
        "." + file.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".tmp");
  }

  /** Renames in one step, and has the folder remember it. */
  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, ATOMIC_MOVE, REPLACE_EXISTING);
    syncFolderOf(to);
  }

  /** Writes the rest of {@code bytes}, whose position stays. */
  public static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    ByteBuffer rest = bytes.duplicate();
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  /** Deletes a temporary file, if it is there; at the latest when the process ends. */
  public static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      temporary.toFile().deleteOnExit(); // Windows keeps files that are mapped.
    }
  }

  private static void syncFolderOf(Path file) throws IOException {
    if (File.separatorChar == '\\') {
      return; // Windows cannot open a folder, and needs no such call.
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, READ)) {
        channel.force(true);
      }
    }
  }
}
