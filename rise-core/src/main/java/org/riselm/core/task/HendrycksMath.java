package org.riselm.core.task;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.ProblemFile.Fields;

/**
 * Reads problems in the manner of MATH (Hendrycks and others 2021) and MATH-500: one JSON object
 * per line, with a {@code problem} and a {@code solution} whose answer is in {@code \boxed{…}}, an
 * {@code answer}, or both; {@code level}, {@code type} and {@code subject} are kept as metadata. An
 * id is {@code unique_id}, if it is there, or the set's name and the line's number.
 *
 * <p>The reference is the solution, so it can serve as a target too; if it marks no answer, the
 * answer is added to it.
 */
public final class HendrycksMath {
  private static final MathVerifier VERIFIER = new MathVerifier();

  private HendrycksMath() {}

  /**
   * Loads all problems in {@code file}, in its order.
   *
   * @param file a JSON Lines file of MATH
   * @param name of the set
   * @return the problems
   * @throws IllegalArgumentException naming the line that is not as it should be
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  public static ProblemSet load(Path file, String name) {
    return read(file, name).all(name, VERIFIER);
  }

  /**
   * Reads the problems in {@code file}, and what is wrong with the others.
   *
   * @param file a JSON Lines file of MATH
   * @param name the name of the set, with which ids begin
   * @return the problems, and what is wrong with the others
   */
  public static ProblemFile read(Path file, String name) {
    return ProblemFile.ofLines(file, VERIFIER, fields -> problem(fields, name));
  }

  private static Problem problem(Fields fields, String name) {
    Optional<String> answer = fields.optionalText("answer");
    String reference =
        fields.optionalText("solution").orElseGet(() -> "\\boxed{" + fields.text("answer") + "}");
    if (MathVerifier.read(reference).isEmpty() || !reference.contains("\\boxed")) {
      reference =
          reference
              + "\n\\boxed{"
              + answer.orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "the solution has no \\boxed{…}; expected one, or an \"answer\""))
              + "}";
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    for (String key : new String[] {"level", "type", "subject"}) {
      // MATH-500 has its levels as numbers.
      fields.optionalPlain(key).ifPresent(value -> metadata.put(key, value));
    }
    String id = fields.optionalText("unique_id").orElse(name + "-" + fields.number());
    return new Problem(id, fields.text("problem"), reference, metadata);
  }
}
