package org.riselm.onnx.artifact;

import java.nio.file.Path;

/**
 * A training artifact is missing, malformed, or does not fit the others. The message names the
 * file, the place in it, what was found and what was expected.
 */
public final class ArtifactException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says what was found at a place in a file, and what was expected.
   *
   * @param file the file
   * @param where the place in the file
   * @param found what stands there
   * @param expected what should stand there
   */
  public ArtifactException(Path file, String where, String found, String expected) {
    super("%s: %s: found %s, expected %s".formatted(file, where, found, expected));
  }

  /**
   * Says what is wrong with a file.
   *
   * @param file the file
   * @param problem what is wrong with it
   * @param cause what it came from
   */
  public ArtifactException(Path file, String problem, Exception cause) {
    super("%s: %s".formatted(file, problem), cause);
  }
}
