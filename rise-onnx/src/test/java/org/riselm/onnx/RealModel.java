package org.riselm.onnx;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the folder of a real model where there is one. */
final class RealModel {
  static final String PROPERTY = "rise.model";

  private RealModel() {}

  /**
   * Returns the folder that the system property {@value #PROPERTY} names, or else {@code
   * shared/models/smollm2-135m} in the working directory or above it. The calling test is skipped
   * if there are no weights there.
   */
  static Path folder() {
    String named = System.getProperty(PROPERTY);
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      Path folder = named == null ? at.resolve("shared/models/smollm2-135m") : Path.of(named);
      if (Files.isReadable(folder.resolve("model.safetensors"))) {
        return folder;
      }
    }
    return abort(
        "skipped: no model.safetensors in the folder that -D%s names, nor in shared/models/smollm2-135m in %s or above it"
            .formatted(PROPERTY, start));
  }
}
