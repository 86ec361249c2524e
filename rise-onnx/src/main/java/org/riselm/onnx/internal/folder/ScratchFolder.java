package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new folder among the temporary files, gone with everything in it when this is closed. */
public final class ScratchFolder implements AutoCloseable {
  private final Path path;

  public ScratchFolder() {
    try {
      path = Files.createTempDirectory("rise-");
    } catch (IOException e) {
      throw new UncheckedIOException("could not make a temporary folder: " + e.getMessage(), e);
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> insideOut = all.sorted(Comparator.reverseOrder()).toList();
      for (Path p : insideOut) {
        Files.delete(p);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not delete " + path + ": " + e.getMessage(), e);
    }
  }
}
