package org.riselm.core.task;

import java.nio.file.Path;
import org.riselm.core.mdp.Problem;

/**
 * Reads GSM8K's own files: one JSON object per line, with a {@code question} and an {@code answer}
 * whose last line is {@code ####} and the number.
 *
 * <p>A problem's reference is the whole worked solution without the calculator's {@code <<…>>}
 * notes, so it can serve as a target too. Its id is the set's name and the line's number.
 */
public final class Gsm8k {
  private static final Gsm8kVerifier VERIFIER = new Gsm8kVerifier();

  private Gsm8k() {}

  /**
   * The training problems in {@code file}, in its order.
   *
   * @throws IllegalArgumentException naming the line that is not as it should be
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  public static ProblemSet train(Path file) {
    return read(file, "gsm8k-train").all("gsm8k-train", VERIFIER);
  }

  /** The test problems in {@code file}; otherwise as {@link #train}. */
  public static ProblemSet test(Path file) {
    return read(file, "gsm8k-test").all("gsm8k-test", VERIFIER);
  }

  /**
   * The problems in {@code file}, and those that are not as they should be; ids begin with {@code
   * name}.
   */
  public static ProblemFile read(Path file, String name) {
    return ProblemFile.ofLines(
        file,
        VERIFIER,
        fields -> {
          String solution = Gsm8kVerifier.withoutNotes(fields.text("answer"));
          if (!solution.contains("####")) {
            throw new IllegalArgumentException(
                "the answer ends with \"%s\"; expected a last line \"#### <number>\""
                    .formatted(solution.substring(Math.max(0, solution.length() - 40))));
          }
          return Problem.of(name + "-" + fields.number(), fields.text("question"), solution);
        });
  }
}
