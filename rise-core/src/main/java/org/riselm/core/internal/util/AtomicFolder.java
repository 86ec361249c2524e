package org.riselm.core.internal.util;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.riselm.core.policy.TrainablePolicy;

/** A folder that appears whole or not at all: what {@link TrainablePolicy#save} promises. */
public final class AtomicFolder {
  /** Fills a folder. */
  @FunctionalInterface
  public interface Content {
    /** Writes files into {@code folder}, which is empty. */
    void writeTo(Path folder) throws IOException;
  }

  private AtomicFolder() {}

  /**
   * Has {@code content} fill a folder beside {@code folder}, then renames it in one step.
   *
   * @throws FileAlreadyExistsException if {@code folder} exists and is not empty
   */
  public static void write(Path folder, Content content) throws IOException {
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
    Path work = Files.createTempDirectory(parent, ".saving-");
    try {
      content.writeTo(work);
      Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      deleteIfThere(work);
    }
  }

  private static void deleteIfThere(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> insideOut;
    try (Stream<Path> all = Files.walk(folder)) {
      insideOut = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path p : insideOut) {
      Files.delete(p);
    }
  }
}
