package org.riselm.core.internal.util;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.READ;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What of files and folders a run directory needs: whole or not at all, and there to stay. */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Puts {@code text} in the place of {@code file}, in one step; there to stay. */
  public static void replace(Path file, String text) throws IOException {
    replace(file, text.getBytes(StandardCharsets.UTF_8), /* sync= */ true);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      syncFolder(folder);
    }
  }

  /** The same for what can be made again: after a power loss it may be gone. */
  public static void show(Path file, byte[] bytes) throws IOException {
    replace(file, bytes, /* sync= */ false);
  }

  private static void replace(Path file, byte[] bytes, boolean sync) throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + ".draft");
    // Not a FileChannel: an interrupted thread could not write to that.
    try (FileOutputStream out = new FileOutputStream(draft.toFile())) {
      out.write(bytes);
      if (sync) {
        out.getFD().sync();
      }
    }
    Files.move(draft, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  /** Has the disk remember what is in {@code file}. */
  public static void syncFile(Path file) throws IOException {
    try (FileOutputStream out = new FileOutputStream(file.toFile(), /* append= */ true)) {
      out.getFD().sync();
    }
  }

  /** Has the disk remember which files {@code folder} holds. */
  public static void syncFolder(Path folder) throws IOException {
    if (File.separatorChar == '\\') {
      return; // Windows cannot open a folder, and needs no such call.
    }
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  /** The SHA-256 of a file's bytes, in hexadecimal. */
  public static String sha256(Path file) throws IOException {
    return MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString();
  }

  /** Deletes a folder of the run's own; it is out of the way at once. */
  public static void delete(Path folder) throws IOException {
    String name = String.valueOf(folder.getFileName());
    Path away = folder.resolveSibling(name.startsWith(".") ? name : ".deleting-" + name);
    if (!away.equals(folder)) {
      Files.move(folder, away, ATOMIC_MOVE);
    }
    MoreFiles.deleteRecursively(away, RecursiveDeleteOption.ALLOW_INSECURE);
  }
}
