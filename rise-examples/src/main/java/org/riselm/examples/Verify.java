package org.riselm.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.riselm.core.mdp.Problem;
import org.riselm.core.mdp.Verifier;
import org.riselm.core.task.Gsm8kVerifier;
import org.riselm.core.task.MathVerifier;

/**
 * Decides answers: a JSON object per line on standard input, {@code {"gold": …, "pred": …, "task":
 * "gsm8k" or "math"}}, gives {@code {"equal": …, "extracted": …}} on standard output, where {@code
 * extracted} is the answer in {@code pred}, or null.
 *
 * <p>A line that is not such an object, or whose gold holds no answer, gives {@code "equal": false}
 * and an {@code "error"} that says why; the rest goes on.
 */
public final class Verify {
  private static final String USAGE =
      """
      Usage: run Verify < FILE
        FILE  a line for every decision:
              {"gold": "1/2", "pred": "so it is 0.5", "task": "math" or "gsm8k"}
      Each gives a line: whether the answers are equal, and the answer that was read in "pred".
      """;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Verifier> TASKS =
      Map.of("gsm8k", new Gsm8kVerifier(), "math", new MathVerifier());

  private Verify() {}

  /** Reads standard input to its end; exits with 1 if a line had an error. */
  public static void main(String[] args) {
    Arguments.run(USAGE, args, Set.of(), Set.of(), none -> decideAll());
  }

  private static void decideAll() throws IOException {
    PrintStream out = new PrintStream(System.out, /* autoFlush= */ true, StandardCharsets.UTF_8);
    int errors =
        run(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), out);
    if (errors > 0) {
      throw new IllegalArgumentException(
          errors + " lines could not be decided; see their \"error\"");
    }
  }

  /** Decides every line of {@code in}; blank ones are left out. Returns how many had an error. */
  static int run(BufferedReader in, PrintStream out) throws IOException {
    int errors = 0;
    int number = 0;
    String line;
    while ((line = in.readLine()) != null) {
      number++;
      if (!line.isBlank()) {
        ObjectNode verdict = JSON.createObjectNode();
        try {
          decide(line, verdict);
        } catch (IllegalArgumentException e) {
          errors++;
          verdict.put("equal", false).putNull("extracted");
          verdict.put("error", "line %d: %s".formatted(number, e.getMessage()));
        }
        out.println(verdict);
      }
    }
    return errors;
  }

  private static void decide(String line, ObjectNode verdict) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    Verifier verifier = TASKS.get(text(json, "task"));
    if (verifier == null) {
      throw new IllegalArgumentException(
          "\"task\" is %s; expected \"gsm8k\" or \"math\"".formatted(json.get("task")));
    }
    Problem problem = Problem.of("probe", "probe", text(json, "gold"));
    Optional<String> extracted = verifier.answer(text(json, "pred"));
    boolean equal = false;
    try {
      equal = extracted.isPresent() && verifier.correct(problem, text(json, "pred"));
    } catch (IllegalArgumentException e) {
      verdict.put("error", e.getMessage()); // no gold: nothing equals nothing
    }
    verdict.put("equal", equal).put("extracted", extracted.orElse(null));
  }

  private static String text(JsonNode json, String field) {
    JsonNode value = json.get(field);
    if (value == null || !(value.isTextual() || value.isNumber())) {
      throw new IllegalArgumentException("\"%s\" is %s; expected a text".formatted(field, value));
    }
    return value.asText();
  }
}
