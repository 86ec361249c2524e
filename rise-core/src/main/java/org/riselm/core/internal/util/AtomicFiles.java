package org.riselm.core.internal.util;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Files and folders that appear whole or not at all: each is written under another name beside its
 * place, and renamed in one step.
 */
public final class AtomicFiles {
  /** Writes a file. */
  @FunctionalInterface
  public interface FileContent {
    /** Writes to {@code channel}, which is at the beginning of an empty file. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Writes a file piece by piece. */
  @FunctionalInterface
  public interface StreamContent {
    /** Writes to {@code out}, which it need not flush, and does not close. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Fills a folder. */
  @FunctionalInterface
  public interface FolderContent {
    /** Writes files into {@code folder}, which is empty. */
    void writeTo(Path folder) throws IOException;
  }

  private AtomicFiles() {}

  /**
   * Has {@code content} write {@code file}, which is replaced if it exists; when this returns, the
   * disk has it.
   *
   * @throws UncheckedIOException naming the file
   */
  public static void write(Path file, FileContent content) {
    Path temporary = sibling(file);
    try {
      try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING);
      syncParent(file);
    } catch (IOException e) {
      throw new UncheckedIOException("could not write " + file + ": " + e.getMessage(), e);
    } finally {
      discard(temporary);
    }
  }

  /** Writes the rest of {@code bytes}, whose position stays. */
  public static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    ByteBuffer rest = bytes.duplicate();
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
  }

  /**
   * Replaces {@code file} by {@code text}, interrupted or not; when this returns, it is on disk.
   */
  public static void replace(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    replace(file, out -> out.write(bytes), /* sync= */ true);
    syncParent(file);
  }

  /**
   * Has {@code content} write {@code file}, which is replaced if it exists, piece by piece, without
   * waiting for the disk: after a power loss it may be gone.
   */
  public static void show(Path file, StreamContent content) throws IOException {
    replace(file, content, /* sync= */ false);
  }

  private static void replace(Path file, StreamContent content, boolean sync) throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + ".draft");
    // Not a FileChannel: an interrupted thread could not write to that.
    try (FileOutputStream out = new FileOutputStream(draft.toFile())) {
      OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
      content.writeTo(buffered);
      buffered.flush();
      if (sync) {
        out.getFD().sync();
      }
    }
    Files.move(draft, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  /**
   * Has {@code content} fill {@code folder}, which must not exist or be empty.
   *
   * @throws FileAlreadyExistsException if the folder exists and is not empty
   */
  public static void writeFolder(Path folder, FolderContent content) throws IOException {
    Path target = folder.toAbsolutePath();
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException(folder + " cannot be a folder of its own; name one inside another");
    }
    try {
      Files.deleteIfExists(target);
    } catch (DirectoryNotEmptyException e) {
      throw new FileAlreadyExistsException(
          folder.toString(), null, "it is not empty; save to a new folder");
    }
    Files.createDirectories(parent);
    // Not a temporary folder of the JDK's, which others than its owner may not enter.
    Path work = Files.createDirectory(parent.resolve(".saving-" + UUID.randomUUID()));
    try {
      content.writeTo(work);
      Files.move(work, target, ATOMIC_MOVE);
    } finally {
      if (Files.exists(work)) {
        MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  /** Returns a name beside {@code file} that nothing else uses. */
  public static Path sibling(Path file) {
    return file.resolveSibling(
        "." + file.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".tmp");
  }

  /** Deletes a temporary file, if it exists; at the latest when the process ends. */
  public static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      temporary.toFile().deleteOnExit(); // Windows keeps files that are mapped.
    }
  }

  /** Deletes a folder of our own; it is out of the way at once. */
  public static void delete(Path folder) throws IOException {
    String name = String.valueOf(folder.getFileName());
    Path away = folder.resolveSibling(name.startsWith(".") ? name : ".deleting-" + name);
    if (!away.equals(folder)) {
      Files.move(folder, away, ATOMIC_MOVE);
    }
    MoreFiles.deleteRecursively(away, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  /** Waits until the disk has what is in {@code file}. */
  public static void syncFile(Path file) throws IOException {
    try (FileOutputStream out = new FileOutputStream(file.toFile(), /* append= */ true)) {
      out.getFD().sync();
    }
  }

  /** Waits until the disk knows which files {@code folder} holds. */
  public static void syncFolder(Path folder) throws IOException {
    if (File.separatorChar == '\\') {
      return; // Windows cannot open a folder, and needs no such call.
    }
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  private static void syncParent(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      syncFolder(folder);
    }
  }

  /** Returns the SHA-256 of a file's bytes, in hexadecimal. */
  public static String sha256(Path file) throws IOException {
    return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
  }
}
