package org.riselm.onnx.internal.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Tells links of a model's folder that lead out of what was downloaded or written as one. */
final class OutsideLinks {
  private OutsideLinks() {}

  /**
   * Returns where {@code file}, of {@code folder}, leads if that is elsewhere. Hugging Face's cache
   * has links only, to files of the same model.
   */
  static Optional<Path> target(Path folder, Path file) throws IOException {
    if (!Files.isSymbolicLink(file)) {
      return Optional.empty();
    }
    Path real = file.toRealPath();
    Path home = folder.toRealPath();
    Path snapshots = home.getParent();
    Path cache = snapshots == null ? null : snapshots.getParent();
    boolean cached =
        snapshots != null
            && cache != null
            && snapshots.endsWith("snapshots")
            && real.startsWith(cache.resolve("blobs"));
    return real.startsWith(home) || cached ? Optional.empty() : Optional.of(real);
  }
}
