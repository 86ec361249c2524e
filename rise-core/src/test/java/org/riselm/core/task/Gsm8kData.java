package org.riselm.core.task;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds GSM8K's files where a checkout has them. */
public final class Gsm8kData {
  private Gsm8kData() {}

  /**
   * The folder with {@code train.jsonl} and {@code test.jsonl}: {@code shared/data/gsm8k} in the
   * working directory or above it, which takes in a {@code shared} beside the checkout. The calling
   * test is skipped if there is none.
   */
  public static Path folder() {
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      Path folder = at.resolve("shared/data/gsm8k");
      if (Files.isReadable(folder.resolve("train.jsonl"))) {
        return folder;
      }
    }
    return abort("skipped: no shared/data/gsm8k/train.jsonl in " + start + " or above it");
  }
}
