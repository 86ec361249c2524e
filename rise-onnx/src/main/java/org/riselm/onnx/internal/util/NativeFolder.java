package org.riselm.onnx.internal.util;

import com.google.common.base.Suppliers;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses where native libraries are unpacked and loaded from: folders that only this user, or the
 * administrator, can write. Whoever else could write there could have their code run.
 */
public final class NativeFolder {
  private static final System.Logger LOG = System.getLogger("org.riselm.onnx.OnnxPolicy");
  private static final int STICKY = 01000;
  private static final int GROUP_WRITES = 020;
  private static final int OTHERS_WRITE = 02;

  private static final Supplier<Path> TEMPORARY = Suppliers.memoize(NativeFolder::temporary);

  private NativeFolder() {}

  /**
   * Returns {@code named}, or else {@code usual}, or else a folder within a fresh temporary one
   * that is deleted when the JVM ends.
   *
   * @param setting names the folder, for messages
   * @param named by the setting; null if it is not set
   * @throws IllegalStateException naming the folder and the setting, if others can write to {@code
   *     named}, or no folder can be made
   */
  public static Path choose(String setting, @Nullable String named, Path usual) {
    try {
      if (named != null) {
        Path folder = made(Path.of(named));
        String problem = problem(folder).orElse(null);
        if (problem != null) {
          throw new IllegalStateException(
              "no native library is loaded from %s: %s; set %s to a folder that only you can write"
                  .formatted(named, problem, setting));
        }
        return folder;
      }
      String problem = usable(usual);
      if (problem == null) {
        return usual.toRealPath();
      }
      Path folder = made(TEMPORARY.get().resolve(usual.getFileName().toString()));
      LOG.log(
          System.Logger.Level.WARNING,
          "Native libraries are unpacked to "
              + folder
              + " in this process only, because "
              + problem
              + "; set "
              + setting
              + " to a folder that only you can write");
      return folder;
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalStateException(
          "there is no folder to unpack native libraries to (%s); set %s to a folder that only you can write"
              .formatted(e, setting),
          e);
    }
  }

  /** Returns why {@code usual} cannot be used; null if it can. */
  private static @Nullable String usable(Path usual) {
    try {
      Path folder = made(usual);
      return Files.isWritable(folder) ? problem(folder).orElse(null) : usual + " cannot be written";
    } catch (IOException e) {
      return usual + " cannot be made (" + e + ")";
    }
  }

  /** Makes the folder, for this user only, where it is missing; returns its real path. */
  private static Path made(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      if (isPosix(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(folder);
      }
    }
    return folder.toRealPath();
  }

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("rise-natives").toRealPath();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "rise-natives"));
      String problem = problem(folder).orElse(null);
      if (problem != null) {
        throw new IOException(problem);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "Could not delete " + folder, e);
    }
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  /**
   * Returns who else can write to {@code folder}, to what is in it, or to a folder that it is in;
   * empty if nobody can. Where files have no owner and mode as on Unix, nobody is presumed to.
   *
   * @param folder a real path
   */
  static Optional<String> problem(Path folder) throws IOException {
    if (!isPosix(folder)) {
      return Optional.empty();
    }
    int self = user(folder);
    for (Path up = folder.getParent(); up != null; up = up.getParent()) {
      String problem = problem(up, self, /* sticky= */ true);
      if (problem != null) {
        return Optional.of(problem);
      }
    }
    List<Path> inside;
    try (Stream<Path> all = Files.walk(folder)) {
      inside = all.toList();
    }
    for (Path path : inside) {
      String problem = problem(path, self, /* sticky= */ false);
      if (problem != null) {
        return Optional.of(problem);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the user id that files of this process get; the administrator's if it can make none.
   */
  private static int user(Path folder) throws IOException {
    if (!Files.isWritable(folder)) {
      return 0;
    }
    Path probe = Files.createTempFile(folder, "probe", "");
    try {
      return (int) Files.getAttribute(probe, "unix:uid");
    } finally {
      Files.delete(probe);
    }
  }

  private static @Nullable String problem(Path path, int self, boolean sticky) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      return null; // Its mode says nothing, and the folder that it is in is not others' to write.
    }
    int owner = (int) Files.getAttribute(path, "unix:uid");
    int mode = (int) Files.getAttribute(path, "unix:mode");
    if (owner != self && owner != 0) {
      return "%s belongs to %s".formatted(path, attributes.owner().getName());
    }
    if (sticky && (mode & STICKY) != 0) {
      return null; // Others may add to such a folder, and cannot replace what is ours.
    }
    // Many systems give each user a group of the same name, with nobody else in it.
    boolean ownGroup = attributes.group().getName().equals(attributes.owner().getName());
    if ((mode & OTHERS_WRITE) != 0 || ((mode & GROUP_WRITES) != 0 && !ownGroup)) {
      return "others can write to %s (mode %o)".formatted(path, mode & 07777);
    }
    return null;
  }
}
