package org.riselm.core.task;

import java.nio.file.Path;
import java.util.Map;
import org.riselm.core.mdp.Problem;
import org.riselm.core.task.ProblemFile.Fields;

/**
 * Reads SVAMP's own file: a JSON array of objects with {@code ID}, {@code Body}, {@code Question}
 * and {@code Answer}. A problem's reference is {@code ####} and the number.
 */
public final class Svamp {
  private static final Gsm8kVerifier VERIFIER = new Gsm8kVerifier();

  private Svamp() {}

  /**
   * Loads all problems in {@code file}, in its order.
   *
   * @param file the JSON file of SVAMP
   * @return the problems
   * @throws IllegalArgumentException naming the problem that is not as it should be
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  public static ProblemSet load(Path file) {
    return read(file).all("svamp", VERIFIER);
  }

  /**
   * Reads the problems in {@code file}, and what is wrong with the others.
   *
   * @param file the JSON file of SVAMP
   * @return the problems, and what is wrong with the others
   */
  public static ProblemFile read(Path file) {
    return ProblemFile.ofArray(file, VERIFIER, Svamp::problem);
  }

  private static Problem problem(Fields fields) {
    String body = fields.text("Body").strip();
    // Half of the bodies lack their full stop.
    boolean ends = ".,?!".indexOf(body.charAt(body.length() - 1)) >= 0;
    return new Problem(
        "svamp-" + fields.text("ID"),
        body + (ends ? " " : ". ") + fields.text("Question").strip(),
        "#### " + fields.number("Answer"),
        Map.of("type", fields.text("Type")));
  }
}
