package org.riselm.core.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.riselm.core.mdp.Problem;

/**
 * Reads GSM8K's own files: one JSON object per line, with a {@code question} and an {@code answer}
 * whose last line is {@code ####} and the number.
 *
 * <p>A problem's reference is the whole worked solution without the calculator's {@code <<…>>}
 * notes, so it can serve as a target too. Its id is the set's name and the line's number.
 */
public final class Gsm8k {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Gsm8kVerifier VERIFIER = new Gsm8kVerifier();

  private Gsm8k() {}

  /**
   * The training problems in {@code file}, in its order.
   *
   * @throws IllegalArgumentException naming the line that is not as it should be
   * @throws UncheckedIOException if the file cannot be read
   */
  public static ProblemSet train(Path file) {
    return read(file, "gsm8k-train");
  }

  /** The test problems in {@code file}; otherwise as {@link #train}. */
  public static ProblemSet test(Path file) {
    return read(file, "gsm8k-test");
  }

  private static ProblemSet read(Path file, String name) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("GSM8K's file %s cannot be read: %s".formatted(file, e), e);
    }
    List<Problem> problems = new ArrayList<>(lines.size());
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        problems.add(problem(lines.get(i), name + "-" + (i + 1), file + ", line " + (i + 1)));
      }
    }
    if (problems.isEmpty()) {
      throw new IllegalArgumentException(file + " has no problem; expected GSM8K's JSON lines");
    }
    return new ProblemSet(name, problems, VERIFIER);
  }

  private static Problem problem(String line, String id, String where) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is not JSON (%s); expected {\"question\": ..., \"answer\": ...}"
              .formatted(where, e.getOriginalMessage()),
          e);
    }
    String question = text(json, "question", where);
    String solution = Gsm8kVerifier.withoutNotes(text(json, "answer", where));
    if (VERIFIER.answer(solution).isEmpty()) {
      throw new IllegalArgumentException(
          "%s: the answer ends with \"%s\"; expected a last line \"#### <number>\""
              .formatted(where, solution.substring(Math.max(0, solution.length() - 40))));
    }
    return Problem.of(id, question, solution);
  }

  private static String text(JsonNode json, String field, String where) {
    JsonNode value = json.get(field);
    if (value == null || !value.isTextual() || value.textValue().isBlank()) {
      throw new IllegalArgumentException(
          "%s: \"%s\" is %s; expected a text".formatted(where, field, value));
    }
    return value.textValue();
  }
}
