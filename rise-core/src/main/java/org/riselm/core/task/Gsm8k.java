package org.riselm.core.task;

import com.google.common.io.MoreFiles;
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
   * Loads all problems in {@code file}, in its order, as a set with the file's name: {@code
   * gsm8k-train} of {@code train.jsonl}.
   *
   * @param file a JSON Lines file of GSM8K
   * @return the problems
   * @throws IllegalArgumentException naming the line that is not as it should be
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  public static ProblemSet load(Path file) {
    String name = "gsm8k-" + MoreFiles.getNameWithoutExtension(file);
    return read(file, name).all(name, VERIFIER);
  }

  /**
   * Reads the problems in {@code file}, and what is wrong with the others.
   *
   * @param file a JSON Lines file of GSM8K
   * @param name of the set, with which ids begin
   * @return the problems, and what is wrong with the others
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
